package import Foundation

/// Asks servers. Proxies are those of the environment (`https_proxy`, `http_proxy`, `no_proxy`).
package struct HubClient: Sendable {
  /// What is tried again, and when.
  package var retries: RetryPolicy
  /// How long nothing may come before a connection counts as broken.
  package var patience: TimeInterval

  /// A client.
  package init(retries: RetryPolicy = RetryPolicy(), patience: TimeInterval = 60) {
    self.retries = retries
    self.patience = patience
  }

  /// A request for bytes as they are, without compression on the way.
  func request(_ url: URL, method: String = "GET") -> HTTPRequest {
    HTTPRequest(
      url: url, method: method, fields: ["Accept-Encoding": "identity", "User-Agent": "pipeline-run"])
  }

  /// A small body, and the head before it.
  func small(_ url: URL, limit: Int) async throws -> (head: AnswerHead, body: Data) {
    try await retrying(url) {
      let answer = SmallAnswer(url: url, limit: limit)
      try await HTTPExchange(request: request(url), patience: patience).run(answer)
      return try answer.whole()
    }
  }

  /// The head a GET would answer with, or nil when there is no such file.
  func head(_ url: URL) async throws -> AnswerHead? {
    do {
      return try await retrying(url) {
        let answer = SmallAnswer(url: url, limit: 0)
        try await HTTPExchange(request: request(url, method: "HEAD"), patience: patience).run(answer)
        return try answer.whole().head
      }
    } catch HubError.refused(_, status: 404) {
      return nil
    }
  }

  private func retrying<Result: Sendable>(
    _ url: URL, _ body: () async throws -> Result
  ) async throws -> Result {
    var failures = 0
    while true {
      do {
        return try await body()
      } catch {
        if error is CancellationError || error is HubError { throw error }
        guard let fault = PassingFault(error, from: url, wasReachable: false) else {
          throw (error as? ConnectionFault).map { HubError.unreachable(url, $0.words) } ?? error
        }
        failures += 1
        guard failures < retries.attempts else { throw fault.lasting }
        try await Task.sleep(for: retries.pause(after: failures))
      }
    }
  }
}

/// An answer kept in memory.
///
/// Sendable: it is filled on the exchange's queue, and read after the exchange has ended.
private final class SmallAnswer: AnswerSink, @unchecked Sendable {
  private let url: URL
  private let limit: Int
  private var head: AnswerHead?
  private var body = Data()

  init(url: URL, limit: Int) {
    self.url = url
    self.limit = limit
  }

  func begin(_ head: AnswerHead) throws {
    guard head.status == 200 else { throw PassingFault.status(head, of: url) }
    self.head = head
  }

  func take(_ piece: Data) throws {
    guard body.count + piece.count <= limit else {
      throw HubError.malformedAnswer(url, "answers more than \(limit) bytes")
    }
    body.append(piece)
  }

  func whole() throws -> (head: AnswerHead, body: Data) {
    guard let head else { throw HubError.malformedAnswer(url, "no answer") }
    return (head, body)
  }
}
