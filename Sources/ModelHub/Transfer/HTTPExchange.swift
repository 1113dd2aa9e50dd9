import CCurl
import Foundation
import Synchronization

/// What a server is asked.
struct HTTPRequest: Sendable {
  var url: URL
  /// `GET` or `HEAD`.
  var method = "GET"
  /// Values by name.
  var fields: [String: String] = [:]
}

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

/// One request and its answer, over a connection of its own, by libcurl. Redirections are followed, but not from https
/// to http. Proxies are those of the environment.
struct HTTPExchange {
  var request: HTTPRequest
  /// How long nothing may come, in seconds.
  var patience: TimeInterval

  /// Gives the answer to the sink, on a thread that is not of the cooperative pool, and returns when the body has
  /// ended. A sink that is slow slows the server down: nothing is read ahead.
  ///
  /// - Throws: what the sink throws; `ConnectionFault`; `CancellationError`, within about a second.
  func run(_ sink: sending any AnswerSink) async throws {
    try Task.checkCancellation()
    let isCancelled = Flag()
    let transfer = try Transfer(sink, patience: patience, isCancelled: isCancelled)
    try await withTaskCancellationHandler {
      try await onQueue { try transfer.perform(request) }
    } onCancel: {
      isCancelled.raise()
    }
  }
}

/// Something that can become true, seen by any thread.
private final class Flag: Sendable {
  private let value = Atomic(false)
  var isRaised: Bool { value.load(ordering: .relaxed) }
  func raise() { value.store(true, ordering: .relaxed) }
}

/// One use of libcurl, whose functions call back into it.
///
/// Sendable: it is made by one thread and used by another, one after the other.
private final class Transfer: @unchecked Sendable {
  private let sink: any AnswerSink
  private let patience: Duration
  private let isCancelled: Flag
  private let handle: UnsafeMutableRawPointer
  /// Of the answer whose head is coming. Where a redirection is followed, another answer comes after it.
  private var fields: [String: String] = [:]
  private var hasBegun = false
  private var fault: (any Error)?
  private var lastActivity = ContinuousClock.now

  /// Once for the process, before anything else of libcurl.
  private static let isReady: Void = { _ = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }()

  init(_ sink: any AnswerSink, patience: TimeInterval, isCancelled: Flag) throws(ConnectionFault) {
    (self.sink, self.patience, self.isCancelled) = (sink, .seconds(patience), isCancelled)
    _ = Self.isReady
    guard let handle = curl_easy_init() else { throw .noMemory }
    self.handle = handle
  }

  deinit { curl_easy_cleanup(handle) }

  func perform(_ request: HTTPRequest) throws {
    let fields = request.fields.reduce(nil) { curl_slist_append($0, "\($1.key): \($1.value)") }
    defer { curl_slist_free_all(fields) }
    prepare(request, fields)
    let code = curl_easy_perform(handle)
    if let fault { throw fault }
    if code == CURLE_UNSUPPORTED_PROTOCOL, let place = self.fields["location"] {
      throw HubError.malformedAnswer(request.url, "redirects to \(place), which is not followed")
    }
    guard code == CURLE_OK else { throw ConnectionFault(code) }
    // An answer whose redirection leads nowhere is the last one.
    if !hasBegun { try begin() }
  }

  private func prepare(_ request: HTTPRequest, _ fields: UnsafeMutablePointer<curl_slist>?) {
    ccurl_set_text(handle, CURLOPT_URL, request.url.absoluteString)
    ccurl_set_schemes(handle, request.url.scheme?.lowercased() == "https" ? 1 : 0)
    ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, fields)
    if request.method == "HEAD" { ccurl_set_number(handle, CURLOPT_NOBODY, 1) }
    for (option, number) in [
      (CURLOPT_FOLLOWLOCATION, 1), (CURLOPT_MAXREDIRS, 20), (CURLOPT_NOSIGNAL, 1), (CURLOPT_NOPROGRESS, 0),
    ] {
      ccurl_set_number(handle, option, number)
    }
    let context = Unmanaged.passUnretained(self).toOpaque()
    for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_XFERINFODATA] {
      ccurl_set_pointer(handle, option, context)
    }
    ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      Transfer.of(context).accept(size * count) {
        try $0.read(line: Data(bytes: bytes!, count: size * count))
      }
    }
    ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      Transfer.of(context).accept(size * count) { transfer in
        if !transfer.hasBegun { try transfer.begin() }
        try transfer.sink.take(Data(bytes: bytes!, count: size * count))
      }
    }
    ccurl_set_progress(handle) { context, _, _, _, _ in Transfer.of(context).isOver() ? 1 : 0 }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer {
    Unmanaged.fromOpaque(context!).takeUnretainedValue()
  }

  /// The number of bytes that were taken; another than came ends the transfer.
  private func accept(_ count: Int, _ take: (Transfer) throws -> Void) -> Int {
    lastActivity = .now
    do {
      try take(self)
      return count
    } catch {
      fault = error
      return count == 0 ? 1 : 0
    }
  }

  /// Called about once a second, and oftener while bytes come.
  private func isOver() -> Bool {
    if isCancelled.isRaised {
      fault = CancellationError()
    } else if lastActivity.duration(to: .now) > patience {
      fault = ConnectionFault.silence
    }
    return fault != nil
  }

  /// A line of a head; an empty one ends it.
  private func read(line: Data) throws {
    // What follows a body in pieces is not asked for.
    guard !hasBegun else { return }
    let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    if text.hasPrefix("HTTP/") {
      fields = [:]
    } else if let colon = text.firstIndex(of: ":") {
      let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      fields[text[..<colon].lowercased()] = value
    } else if text.isEmpty {
      let status = ccurl_status(handle)
      // An interim answer, or one that sends elsewhere: another follows.
      let isLast = status >= 200 && !((300..<400).contains(status) && fields["location"] != nil)
      if isLast { try begin() }
    }
  }

  private func begin() throws {
    hasBegun = true
    guard let place = ccurl_url(handle).flatMap({ URL(string: String(cString: $0)) }) else {
      throw ConnectionFault(CURLE_URL_MALFORMAT)
    }
    try sink.begin(AnswerHead(url: place, status: Int(ccurl_status(handle)), fields: fields))
  }
}
