import Foundation
import Foundations
import SystemPackage

/// Fetches one file: resumed where an earlier try ended, checked, and put in its place whole.
///
/// Nobody else may download to the same place meanwhile; `ModelPull` holds a lock.
package struct Download: Sendable {
  /// What happens on the way.
  package enum Event: Sendable, Equatable {
    /// Bytes on disk; the first time, those of an earlier try.
    case received(Int)
    /// The connection broke and will be tried again after a pause.
    case retrying(reason: String, Duration)
    /// Another try's bytes could not be used: the server has other content, or cannot continue a file.
    case restarted
  }

  /// The file.
  package var file: RemoteFile
  /// The path it will have.
  package var target: String
  /// How servers are asked.
  package var client: HubClient

  /// A download.
  package init(_ file: RemoteFile, to target: String, client: HubClient = HubClient()) {
    self.file = file
    self.target = target
    self.client = client
  }

  /// Fetches the file. A broken connection is taken up again; when it stays broken, or the task is cancelled, what
  /// has come is kept for the next try.
  ///
  /// - Throws: `HubError`; `FileError`; `CancellationError`.
  package func run(_ report: @escaping @Sendable (Event) -> Void) async throws {
    let partial = PartialFile(target: target)
    let growth = try await onQueue { [file] in try Growth(file, partial, report) }
    do {
      try await receive(growth, report)
      try await onQueue { try growth.finish() }
    } catch let error as HubError {
      switch error {
      case .mismatch, .endless: try partial.remove()
      default: break
      }
      throw error
    }
    try partial.promote(to: target)
  }

  private func receive(_ growth: Growth, _ report: @Sendable (Event) -> Void) async throws {
    var failures = 0
    while !growth.isWhole {
      let before = growth.count
      do {
        try await HTTPExchange(request: growth.request(client), patience: client.patience).run(growth)
        try growth.endOfBody()
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        guard let fault = PassingFault(error, from: file.url, wasReachable: growth.hasAnswered) else {
          throw (error as? ConnectionFault).map { HubError.unreachable(file.url, $0.words) } ?? error
        }
        failures = growth.count > before ? 1 : failures + 1
        guard failures < client.retries.attempts else { throw fault.lasting }
        let pause = client.retries.pause(after: failures)
        report(.retrying(reason: fault.reason, pause))
        try await Task.sleep(for: pause)
      }
    }
  }
}

/// Reading and hashing gigabytes must not hold one of the few threads that tasks share.
func onQueue<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global(qos: .userInitiated).async { continuation.resume(with: Swift.Result { try body() }) }
  }
}

/// A partial file that grows.
///
/// Sendable: it is used by one at a time, the exchange while it runs and the download between exchanges.
private final class Growth: AnswerSink, @unchecked Sendable {
  private let file: RemoteFile
  private let partial: PartialFile
  private let target: String
  private let output: FileDescriptor
  private let system = FileSystem()
  private let report: @Sendable (Download.Event) -> Void
  private var hasher: ChecksumHasher
  private var tag: String?
  /// The size that the server says, where the listing did not.
  private var size: Int?
  /// How many bytes may come of a file whose size nobody says.
  private let limit: Int
  private var hasEnded = false
  private var resumes = true
  private(set) var count = 0
  private(set) var hasAnswered = false

  init(_ file: RemoteFile, _ partial: PartialFile, _ report: @escaping @Sendable (Download.Event) -> Void)
    throws
  {
    (self.file, self.partial, self.report) = (file, partial, report)
    target = partial.path.string
    size = file.size
    output = try partial.open()
    limit = try Self.limit(of: file, at: partial.path)
    hasher = ChecksumHasher(like: file.checksum, size: file.size)
    let earlier = try partial.resumable(for: file)
    tag = earlier.tag
    try system.forEachPiece(of: output, at: partial.path, limit: earlier.bytes) { piece in
      hasher.update(piece)
      count += piece.count
    }
    try system.truncate(output, to: count, at: partial.path)
    report(.received(count))
  }

  deinit { try? output.close() }

  /// The disk's room but for a reserve, and of settings no more than any have.
  private static func limit(of file: RemoteFile, at path: FilePath) throws -> Int {
    let reserve = 256 << 20
    let room = try FileSystem().availableSpace(path.removingLastComponent()) - reserve
    let isSettings = file.path.name.hasSuffix(".json") || file.path.name.hasSuffix(".txt")
    return max(0, isSettings ? min(room, 64 << 20) : room)
  }

  /// Whether all bytes are there; what they amount to is another matter.
  var isWhole: Bool { hasEnded || count == size }

  /// A request for what is missing, if the server still has the same content.
  func request(_ client: HubClient) -> HTTPRequest {
    var request = client.request(file.url)
    // Without tag or checksum nothing tells whether old bytes and new ones belong together.
    guard count > 0, resumes, tag != nil || file.checksum != nil else { return request }
    request.fields["Range"] = "bytes=\(count)-"
    request.fields["If-Range"] = tag
    return request
  }

  func begin(_ head: AnswerHead) throws {
    hasAnswered = true
    switch head.status {
    case 200:
      if count > 0 { try restart() }
      try announce(head.contentLength, from: head.url)
    case 206: try continuing(head)
    case 416:
      // The partial file does not fit what is there now.
      try restart()
      resumes = false
      throw PassingFault("the file there is another", .refused(file.url, status: 416))
    default: throw PassingFault.status(head, of: file.url)
    }
    if head.strongTag != nil || head.status == 200 { tag = head.strongTag }
    try partial.record(.init(url: file.url, size: file.size, checksum: file.checksum, tag: tag))
  }

  func take(_ piece: Data) throws {
    if let size, count + piece.count > size {
      throw HubError.mismatch(
        file: file.path.description, what: "size", expected: "\(size) bytes", found: "more")
    }
    guard size != nil || count + piece.count <= limit else {
      throw HubError.endless(file: file.path.description, limit: limit)
    }
    try piece.withUnsafeBytes {
      try system.write($0, to: output, at: partial.path)
      hasher.update($0)
    }
    count += piece.count
    report(.received(count))
  }

  /// The body is over. Where no length was said, that is the end of the file.
  func endOfBody() throws {
    guard let size else { return hasEnded = true }
    guard count == size else {
      throw PassingFault(
        "the connection broke", .unreachable(file.url, "it broke off \(size - count) bytes early"))
    }
  }

  /// Compares what came with what was announced, and flushes it.
  func finish() throws {
    if let expected = file.size, expected != count {
      throw HubError.mismatch(
        file: file.path.description, what: "size", expected: "\(expected) bytes", found: "\(count) bytes")
    }
    if let expected = file.checksum, let found = hasher.finish(), expected != found {
      throw HubError.mismatch(
        file: file.path.description, what: expected.kind, expected: expected.description,
        found: found.description)
    }
    try system.sync(output, at: partial.path)
  }

  private func continuing(_ head: AnswerHead) throws {
    let range = head["Content-Range"] ?? ""
    guard range.hasPrefix("bytes \(count)-") else {
      throw HubError.malformedAnswer(
        head.url, "asked for the bytes from \(count) on, answers with \(range.isEmpty ? "no range" : range)")
    }
    try announce(range.split(separator: "/").last.flatMap { Int($0) }, from: head.url)
  }

  private func announce(_ total: Int?, from url: URL) throws {
    guard let total else { return }
    if let expected = file.size, expected != total {
      throw HubError.mismatch(
        file: file.path.description, what: "size", expected: "\(expected) bytes", found: "\(total) bytes")
    }
    // Where a listing gives sizes, the whole pull has already checked whether there is room.
    guard file.size != nil || total - count <= limit else {
      throw HubError.noSpace(
        folder: (target as NSString).deletingLastPathComponent, needed: total, available: limit)
    }
    size = total
  }

  private func restart() throws {
    count = 0
    tag = nil
    size = file.size
    hasher = ChecksumHasher(like: file.checksum, size: file.size)
    try system.truncate(output, to: 0, at: partial.path)
    report(.restarted)
    report(.received(0))
  }
}
