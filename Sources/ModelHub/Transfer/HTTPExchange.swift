import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A server's answer without its body.
struct AnswerHead: Sendable {
  var url: URL
  var status: Int
  /// Values by lower-case name.
  var fields: [String: String]

  subscript(name: String) -> String? { fields[name.lowercased()] }

  /// The length of the body that follows, where it is said.
  var contentLength: Int? { self["Content-Length"].flatMap { Int($0) } }

  /// An entity tag that stands for exact bytes. Weak ones (`W/…`) do not.
  var strongTag: String? {
    guard let tag = self["ETag"], tag.hasPrefix("\""), tag.hasSuffix("\""), tag.count > 1 else { return nil }
    return tag
  }
}

/// Takes an answer: first its head, then its body in pieces. What it throws ends the exchange.
protocol AnswerSink: AnyObject {
  func begin(_ head: AnswerHead) throws
  func take(_ piece: Data) throws
}

/// One request and its answer, over a connection of its own. Redirections are followed, but not from https to http.
struct HTTPExchange {
  var request: URLRequest
  /// How long nothing may come, in seconds. (URLSession on Linux does not see a body that falls silent.)
  var patience: TimeInterval

  /// Gives the answer to the sink, on a queue of the exchange's own, and returns when the body has ended.
  ///
  /// - Throws: what the sink throws; `URLError`, `.timedOut` when nothing came for too long; `CancellationError`.
  func run(_ sink: sending any AnswerSink) async throws {
    try Task.checkCancellation()
    let delegate = ExchangeDelegate(sink)
    let queue = PatientQueue()
    queue.maxConcurrentOperationCount = 1
    let session = URLSession(configuration: Self.configuration, delegate: delegate, delegateQueue: queue)
    let task = session.dataTask(with: request)
    let watch = DispatchSource.makeTimerSource(queue: .global())
    watch.schedule(deadline: .now() + patience / 4, repeating: patience / 4)
    watch.setEventHandler { [patience] in
      let isSilent = delegate.state.withLock { $0.lastActivity.duration(to: .now) > .seconds(patience) }
      if isSilent { delegate.cancel(task, because: URLError(.timedOut)) }
    }
    watch.resume()
    defer {
      watch.cancel()
      session.finishTasksAndInvalidate()
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        delegate.state.withLock { $0.continuation = continuation }
        task.resume()
      }
    } onCancel: {
      delegate.cancel(task)
    }
  }

  private static var configuration: URLSessionConfiguration {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.urlCache = nil
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    return configuration
  }
}

/// A queue that lets whoever adds to it wait when too much is waiting already.
///
/// URLSession on Linux adds every piece of a body without a bound, so that a disk slower than the network would
/// fill the memory; the thread that waits here is the session's own, which then stops reading from the socket.
private final class PatientQueue: OperationQueue, @unchecked Sendable {
  private let places = DispatchSemaphore(value: 512)

  override func addOperation(_ block: @escaping @Sendable () -> Void) {
    places.wait()
    super.addOperation { [places] in
      block()
      places.signal()
    }
  }
}

/// Receives what URLSession says about one task.
///
/// Sendable: the sink is used on the session's serial queue alone, the rest is behind a lock.
private final class ExchangeDelegate: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  struct State {
    var continuation: CheckedContinuation<Void, any Error>?
    var fault: (any Error)?
    var lastActivity = ContinuousClock.now
  }
  let state = Mutex(State())
  private let sink: any AnswerSink

  init(_ sink: any AnswerSink) { self.sink = sink }

  func cancel(_ task: URLSessionTask, because fault: any Error = CancellationError()) {
    state.withLock { $0.fault = $0.fault ?? fault }
    // Cancelling waits for the session's thread, which may be waiting for the queue that calls this.
    DispatchQueue.global().async { task.cancel() }
  }

  private func attempt(_ task: URLSessionTask, _ body: () throws -> Void) {
    let fault = state.withLock { state in
      state.lastActivity = .now
      return state.fault
    }
    guard fault == nil else { return }
    do {
      try body()
    } catch {
      cancel(task, because: error)
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    attempt(dataTask) {
      guard let response = response as? HTTPURLResponse, let url = response.url else {
        throw URLError(.badServerResponse)
      }
      var fields: [String: String] = [:]
      for (name, value) in response.allHeaderFields { fields["\(name)".lowercased()] = "\(value)" }
      try sink.begin(AnswerHead(url: url, status: response.statusCode, fields: fields))
    }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    attempt(dataTask) { try sink.take(data) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    let isDowngrade = response.url?.scheme == "https" && request.url?.scheme != "https"
    if isDowngrade {
      let from = response.url ?? URL(filePath: "/")
      attempt(task) {
        throw HubError.malformedAnswer(
          from, "redirects from https to \(request.url?.absoluteString ?? "nowhere")")
      }
    }
    completionHandler(isDowngrade ? nil : request)
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    let (continuation, fault) = state.withLock { state in
      defer { state.continuation = nil }
      return (state.continuation, state.fault)
    }
    if let fault = fault ?? error { continuation?.resume(throwing: fault) } else { continuation?.resume() }
  }
}
