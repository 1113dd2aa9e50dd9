import Foundation
import LoopbackServer
import Testing

@testable import ModelHub

@Suite("downloads")
struct DownloadTests {
  static let content = Shelf.noise(300_000)
  let scratch: Scratch
  var target: String { "\(scratch.path)/weights" }

  init() throws { scratch = try Scratch() }

  private func file(_ server: LoopbackServer, size: Int? = content.count, checksum: Bool = true) throws
    -> RemoteFile
  {
    RemoteFile(
      path: try RepositoryPath("weights"), url: server.url.appending(path: "weights"), size: size,
      checksum: checksum ? Shelf.sha256(Self.content) : nil)
  }

  @discardableResult
  private func download(_ file: RemoteFile) async throws -> [Download.Event] {
    let log = Log<Download.Event>()
    try await Download(file, to: target, client: hasty).run { log.add($0) }
    return log.events
  }

  private func isRetry(_ event: Download.Event) -> Bool {
    if case .retrying = event { true } else { false }
  }

  @Test("a connection that drops half-way is taken up where it dropped", arguments: [true, false])
  func dropped(checksum: Bool) async throws {
    let server = try LoopbackServer { request in
      var answer = Shelf.answer(request, Self.content)
      if request.rangeStart == nil { answer.dropsAfter = 150_000 }
      return answer
    }
    let events = try await download(file(server, checksum: checksum))
    #expect(try scratch.read("weights") == Self.content)
    #expect(scratch.names == ["weights"])
    #expect(server.requests.map(\.rangeStart) == [nil, 150_000])
    #expect(server.requests.last?.fields["if-range"]?.hasPrefix("\"") == true)
    #expect(events.contains(where: isRetry) && !events.contains(.restarted))
  }

  @Test("a server that ignores Range is read from the start again")
  func ignoresRange() async throws {
    let calls = Counter()
    let server = try LoopbackServer { _ in
      .init(200, Self.content, dropsAfter: calls.next() == 1 ? 100_000 : nil)
    }
    let events = try await download(file(server))
    #expect(try scratch.read("weights") == Self.content)
    #expect(events.contains(.restarted))
  }

  @Test("content that changes between two tries is fetched whole, never mixed")
  func changes() async throws {
    let other = Shelf.noise(280_000)
    let calls = Counter()
    let server = try LoopbackServer { request in
      guard calls.next() > 1 else {
        return .init(200, other, fields: ["ETag": "\"old\""], dropsAfter: 100_000)
      }
      return Shelf.answer(request, Self.content, tag: "\"new\"")
    }
    try await download(file(server, size: nil, checksum: false))
    #expect(try scratch.read("weights") == Self.content)
    #expect(server.requests.map { $0.fields["if-range"] } == [nil, "\"old\""])
  }

  @Test(
    "without a checksum, bytes whose entity tag is weak or absent are not continued",
    arguments: [nil, "W/\"1\""])
  func weakTag(tag: String?) async throws {
    let calls = Counter()
    let server = try LoopbackServer { _ in
      .init(
        200, Self.content, fields: tag.map { ["ETag": $0] } ?? [:],
        dropsAfter: calls.next() == 1 ? 9_000 : nil)
    }
    try await download(file(server, checksum: false))
    #expect(server.requests.map(\.rangeStart) == [nil, nil])
    #expect(try scratch.read("weights") == Self.content)
  }

  @Test("other bytes than announced are an error that names both checksums; nothing of them stays")
  func wrongChecksum() async throws {
    var bytes = Self.content
    bytes[12345] ^= 1
    let server = try LoopbackServer { [bytes] in Shelf.answer($0, bytes) }
    let error = await #expect(throws: HubError.self) { try await download(file(server)) }
    #expect(
      error
        == .mismatch(
          file: "weights", what: "SHA-256", expected: Shelf.sha256(Self.content).description,
          found: Shelf.sha256(bytes).description))
    #expect(scratch.names == [])
  }

  @Test("a file shorter or longer than announced is refused", arguments: [299_999, 300_001])
  func wrongSize(size: Int) async throws {
    let server = try LoopbackServer { Shelf.answer($0, Self.content) }
    let error = await #expect(throws: HubError.self) { try await download(file(server, size: size)) }
    guard case .mismatch("weights", "size", _, _) = error else { Issue.record("\(error!)"); return }
    #expect(scratch.names == [])
  }

  @Test("a server that stays silent about lengths is read to the end")
  func noSize() async throws {
    let server = try LoopbackServer { Shelf.answer($0, Self.content) }
    try await download(file(server, size: nil, checksum: false))
    #expect(try scratch.read("weights") == Self.content)
  }

  @Test("a file whose length nobody says has a bound, and nothing of a longer one stays")
  func endless() async throws {
    let server = try LoopbackServer { _ in
      var answer = LoopbackServer.Answer(200, Data(count: 65 << 20))
      answer.saysLength = false
      return answer
    }
    let file = RemoteFile(
      path: try RepositoryPath("config.json"), url: server.url.appending(path: "config.json"), size: nil,
      checksum: nil)
    let error = await #expect(throws: HubError.self) { try await download(file) }
    guard case .endless("config.json", _) = error else { Issue.record("\(error!)"); return }
    #expect(scratch.names == [])
    let short = try LoopbackServer { _ in
      var answer = LoopbackServer.Answer(200, Self.content)
      answer.saysLength = false
      return answer
    }
    try await download(self.file(short, size: nil, checksum: false))
    #expect(try scratch.read("weights") == Self.content)
  }

  @Test("a server that announces more than the disk holds is refused before anything is written")
  func announcedTooLarge() async throws {
    let server = try LoopbackServer { _ in
      var answer = LoopbackServer.Answer(200, Self.content, fields: ["Content-Length": "9000000000000000000"])
      answer.saysLength = false
      return answer
    }
    let error = await #expect(throws: HubError.self) {
      try await download(file(server, size: nil, checksum: false))
    }
    guard case .noSpace = error else { Issue.record("\(error!)"); return }
  }

  @Test(
    "a length that no file has is an error, and one beyond all numbers counts as none",
    arguments: ["9223372036854775807", "9223372036854775806", "-1", "x", "99999999999999999999"])
  func impossibleLength(length: String) async throws {
    let server = try LoopbackServer { request in
      var answer = Shelf.answer(request, Self.content)
      answer.saysLength = false
      answer.fields["Content-Length"] = length
      return answer
    }
    let download = Download(try file(server, size: nil, checksum: false), to: target, client: hasty)
    guard length.count < 20 else {
      try await download.run { _ in }
      return #expect(try scratch.read("weights") == Self.content)
    }
    let error = await #expect(throws: HubError.self) { try await download.run { _ in } }
    switch error {
    case .noSpace(_, let needed, _): #expect("\(needed)" == length)
    case .unreachable(_, "the answer is not HTTP"): #expect(length.count < 3)
    default: Issue.record("\(error!)")
    }
  }

  @Test(
    "a redirection that is not followed is said at once",
    arguments: ["/weights", "file:///etc/hostname", "ftp://127.0.0.1/weights"])
  func badRedirections(target: String) async throws {
    let server = try LoopbackServer { _ in .init(302, fields: ["Location": target]) }
    let file = try file(server)
    let expected: HubError =
      target.hasPrefix("/")
      ? .unreachable(file.url, "it redirects in a circle")
      : .malformedAnswer(file.url, "redirects to \(target), which is not followed")
    await #expect(throws: expected) { try await download(file) }
  }

  @Test("redirections are followed, with the range")
  func redirects() async throws {
    let calls = Counter()
    let server = try LoopbackServer { request in
      if request.path == "/weights" {
        return .init(302, Data("moved".utf8), fields: ["Location": "/elsewhere?x=1%2F2"])
      }
      var answer = Shelf.answer(request, Self.content)
      if calls.next() == 1 { answer.dropsAfter = 50_000 }
      return answer
    }
    try await download(file(server))
    #expect(try scratch.read("weights") == Self.content)
    #expect(server.requests.last?.target == "/elsewhere?x=1%2F2")
    #expect(server.requests.last?.rangeStart == 50_000)
  }

  @Test(
    "what may pass is tried again; what will not is said at once",
    arguments: [(503, 3), (429, 3), (404, 1), (403, 1)])
  func statuses(status: Int, tries: Int) async throws {
    let server = try LoopbackServer { _ in .init(status) }
    let file = try file(server)
    await #expect(throws: HubError.refused(file.url, status: status)) { try await download(file) }
    #expect(server.requests.count == tries)
  }

  @Test("a connection that drops after every piece ends in the file all the same")
  func dropsAlways() async throws {
    let server = try LoopbackServer { request in
      var answer = Shelf.answer(request, Self.content)
      answer.dropsAfter = 40_000
      return answer
    }
    try await download(file(server))
    #expect(try scratch.read("weights") == Self.content)
    #expect(server.requests.count == 8)
  }

  @Test("a partial file of other content, longer than the file, or without a record is not used")
  func strayPartial() async throws {
    let server = try LoopbackServer { Shelf.answer($0, Self.content) }
    try Data(count: 500_000).write(to: URL(filePath: target + ".partial"))
    try await download(file(server))
    #expect(try scratch.read("weights") == Self.content)
    #expect(server.requests.map(\.rangeStart) == [nil])
  }

  @Test("a cancelled download keeps what has come, and the next goes on there")
  func cancelled() async throws {
    let server = try LoopbackServer { request in
      var answer = Shelf.answer(request, Self.content)
      // So slow after a while that the cancellation comes first on any machine.
      if request.rangeStart == nil { (answer.pause, answer.trickles) = (.seconds(1), 65_536) }
      return answer
    }
    let file = try file(server)
    let (pieces, continuation) = AsyncStream.makeStream(of: Int.self)
    let target = target
    let task = Task {
      try await Download(file, to: target, client: hasty).run {
        if case .received(let count) = $0 { continuation.yield(count) }
      }
    }
    for await count in pieces where count > 50_000 { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(scratch.names == ["weights.partial", "weights.partial.json"])
    let kept = try scratch.read("weights.partial").count
    #expect(kept > 50_000 && kept < Self.content.count)
    server.forget()
    try await download(file)
    #expect(server.requests.map(\.rangeStart) == [kept])
    #expect(try scratch.read("weights") == Self.content)
  }

  @Test("cancelling at any moment ends the download", arguments: 0..<12)
  func cancelledEarly(step: Int) async throws {
    let server = try LoopbackServer { request in
      var answer = Shelf.answer(request, Self.content)
      (answer.pause, answer.trickles) = (.seconds(1), 16_384)
      return answer
    }
    let file = try file(server)
    let target = target
    let task = Task { try await Download(file, to: target, client: hasty).run { _ in } }
    try await Task.sleep(for: .milliseconds(step * step))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(!scratch.exists("weights"))
  }

  @Test("a slow connection may take longer than the patience with a silent one")
  func slow() async throws {
    // On a busy machine even the pauses may be longer than the patience; it gets more then.
    for patience in [0.5, 4, 32] {
      let server = try LoopbackServer { request in
        var answer = Shelf.answer(request, Self.content)
        answer.pause = .seconds(patience / 15)
        return answer
      }
      var client = hasty
      client.patience = patience
      try? FileManager.default.removeItem(atPath: target)
      let file = try file(server)
      guard (try? await Download(file, to: target, client: client).run { _ in }) != nil else { continue }
      #expect(try scratch.read("weights") == Self.content)
      if server.requests.count == 1 { return }
    }
    Issue.record("a slow connection is given up")
  }

  @Test("a connection that falls silent is given up and taken up again")
  func silent() async throws {
    let calls = Counter()
    let server = try LoopbackServer { request in
      var answer = Shelf.answer(request, Self.content)
      if calls.next() == 1 { answer.pause = .seconds(1_000_000) }
      return answer
    }
    var client = hasty
    client.patience = 1
    try await Download(file(server), to: target, client: client).run { _ in }
    #expect(server.requests.prefix(2).map(\.rangeStart) == [nil, 16384])
    #expect(try scratch.read("weights") == Self.content)
  }

  @Test("a host that is not there is said at once")
  func nobody() async throws {
    let port = try LoopbackServer { _ in .init(404) }.port
    let url = URL(string: "http://127.0.0.1:\(port)/weights")!
    let file = RemoteFile(path: try RepositoryPath("weights"), url: url, size: nil, checksum: nil)
    await #expect(throws: HubError.unreachable(url, "no connection to the host")) { try await download(file) }
  }
}
