import Foundation

/// How often, and after which pauses, something is tried again that failed for a reason that may pass.
package struct RetryPolicy: Sendable {
  /// Tries in a row that bring nothing, the first included.
  package var attempts: Int
  /// Before the second try; every further pause is twice as long.
  package var firstPause: Duration
  /// The longest pause.
  package var longestPause: Duration

  /// Six tries over about fifteen seconds.
  package init(
    attempts: Int = 6, firstPause: Duration = .milliseconds(500), longestPause: Duration = .seconds(30)
  ) {
    self.attempts = attempts
    self.firstPause = firstPause
    self.longestPause = longestPause
  }

  /// The pause after this many failures in a row.
  func pause(after failures: Int) -> Duration {
    min(firstPause * (1 << min(max(failures - 1, 0), 16)), longestPause)
  }
}

/// A failure that may pass.
struct PassingFault: Error {
  var reason: String
  /// What to say when it does not pass.
  var lasting: HubError

  /// The fault, if this error is one that may pass. Whatever was reachable before may be so again.
  init?(_ error: any Error, from url: URL, wasReachable: Bool) {
    if let fault = error as? PassingFault {
      self = fault
      return
    }
    guard let fault = error as? ConnectionFault else { return nil }
    switch fault.kind {
    case .broken: break
    case .unreachable: guard wasReachable else { return nil }
    case .lasting: return nil
    }
    reason = fault.words
    lasting = .unreachable(url, reason)
  }

  init(_ reason: String, _ lasting: HubError) {
    self.reason = reason
    self.lasting = lasting
  }

  /// What a status of failure means: something that may pass, or not.
  static func status(_ head: AnswerHead, of url: URL) -> any Error {
    let refusal = HubError.refused(url, status: head.status)
    switch head.status {
    case 408, 429, 500, 502, 503, 504: return PassingFault("the server answers \(head.status)", refusal)
    default: return refusal
    }
  }
}
