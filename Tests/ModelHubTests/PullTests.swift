import Foundation
import Foundations
import LoopbackServer
import Synchronization
import Testing

@testable import ModelHub

@Suite("pulling models")
struct PullTests {
  let scratch: Scratch
  static let wanted = [
    "model_index.json", "scheduler/scheduler_config.json", "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors",
  ]

  init() throws { scratch = try Scratch() }

  private func hub(_ server: LoopbackServer) -> ModelSource {
    .repository(HubRepository(base: server.url, name: Shelf.repository))
  }

  @discardableResult
  private func pull(
    _ source: ModelSource, components: [String]? = nil, variant: String? = nil, log: Log<PullEvent> = Log()
  ) async throws -> PullResult {
    try await ModelPull(
      source, name: "tiny", parent: scratch.path, components: components, variant: variant, client: hasty
    ).run { log.add($0) }
  }

  private func files(_ folder: String = "tiny") throws -> [String] {
    try filesBelow("\(scratch.path)/\(folder)").filter { $0 != PullRecord.name }.sorted()
  }

  @Test("a repository's index, configurations and one set of weights appear, and nothing else")
  func repository() async throws {
    let shelf = Shelf()
    let server = try LoopbackServer(shelf.answer)
    let result = try await pull(hub(server))
    #expect(try files() == Self.wanted)
    #expect(result.fetchedFiles == 4)
    for path in Self.wanted { #expect(try scratch.read("tiny/\(path)") == shelf.files.withLock { $0[path] }) }
    #expect(scratch.names == ["tiny"])
  }

  @Test("of a network that stands alone its own files come, side by side, from a hub or a plain server")
  func standalone() async throws {
    let shelf = Shelf()
    let server = try LoopbackServer(shelf.answer)
    let files = ["unet/config.json", "unet/diffusion_pytorch_model.bin"]
    let plain = ModelSource.folder(PlainFolder(url: server.url.appending(path: "plain/unet")))
    for (name, source) in [("alone", hub(server)), ("plain", plain)] {
      let pull = ModelPull(source, name: name, parent: scratch.path, files: files, client: hasty)
      #expect(try await pull.run { _ in }.fetchedFiles == 2)
      #expect(try self.files(name) == ["config.json", "diffusion_pytorch_model.bin"])
      #expect(try await pull.run { _ in }.fetchedFiles == 0)
    }
    let absent = ModelPull(
      hub(server), name: "absent", parent: scratch.path, files: ["no.pth"], client: hasty)
    let error = await #expect(throws: HubError.self) { try await absent.run { _ in } }
    #expect(error?.description.contains("no.pth") == true)
  }

  @Test("files with addresses of their own come to lie side by side, checked by the digits that are known")
  func addresses() async throws {
    let shelf = Shelf()
    let server = try LoopbackServer(shelf.answer)
    let plain = server.url.appending(path: "plain/unet")
    func files(_ digits: String) throws -> [PublishedFile] {
      let weights = try #require(shelf.files.withLock { $0["unet/diffusion_pytorch_model.bin"] })
      return [
        PublishedFile(
          plain.appending(path: "diffusion_pytorch_model.bin"),
          .sha256("\(ContentDigest(of: weights))")),
        PublishedFile(plain.appending(path: "config.json"), .sha256Beginning(digits)),
      ]
    }
    // The SHA-256 of {} begins so.
    let pull = ModelPull(
      .addresses(try files("44136fa3")), name: "alone", parent: scratch.path, client: hasty)
    #expect(try await pull.run { _ in }.fetchedFiles == 2)
    #expect(try self.files("alone") == ["config.json", "diffusion_pytorch_model.bin"])
    #expect(try await pull.run { _ in }.fetchedFiles == 0)
    let other = ModelPull(
      .addresses(try files("44136fa4")), name: "other", parent: scratch.path, client: hasty)
    let error = await #expect(throws: HubError.self) { try await other.run { _ in } }
    #expect(error?.description.contains("44136fa4") == true)
    #expect(scratch.names.contains("other") == false)
  }

  @Test("a second pull of the same downloads nothing")
  func again() async throws {
    let server = try LoopbackServer(Shelf().answer)
    try await pull(hub(server))
    server.forget()
    #expect(try await pull(hub(server)).fetchedFiles == 0)
    #expect(
      server.requests.map(\.path) == [
        Shelf().listingPath, "/\(Shelf.repository)/resolve/main/model_index.json",
      ])
  }

  @Test("a damaged or missing file is fetched again, and only that; what else lies in the folder stays")
  func heals() async throws {
    let shelf = Shelf()
    let server = try LoopbackServer(shelf.answer)
    try await pull(hub(server))
    try Data("[]".utf8).write(to: URL(filePath: "\(scratch.path)/tiny/unet/config.json"))
    try Data("mine".utf8).write(to: URL(filePath: "\(scratch.path)/tiny/notes.txt"))
    #expect(try await pull(hub(server)).fetchedFiles == 1)
    #expect(try scratch.read("tiny/unet/config.json") == Data("{}".utf8))
    #expect(try scratch.read("tiny/notes.txt") == Data("mine".utf8))
    #expect(scratch.names == ["tiny"])
  }

  @Test("another variant joins the first")
  func variant() async throws {
    let server = try LoopbackServer(Shelf().answer)
    try await pull(hub(server))
    #expect(try await pull(hub(server), variant: "fp16").fetchedFiles == 1)
    #expect(
      try files() == Self.wanted.dropLast() + [
        "unet/diffusion_pytorch_model.fp16.safetensors", Self.wanted.last!,
      ])
    let error = await #expect(throws: HubError.self) { try await pull(hub(server), variant: "fp8") }
    #expect(error?.description.contains("no weights of the variant 'fp8'; it has") == true)
  }

  @Test("a plain folder is found file by file, and known again by its sizes")
  func plain() async throws {
    let server = try LoopbackServer(Shelf().answer)
    let folder = PlainFolder(url: server.url.appending(path: "plain"))
    #expect(try await folder.isModel(hasty))
    #expect(try await !PlainFolder(url: server.url).isModel(hasty))
    try await pull(.folder(folder))
    #expect(try files() == Self.wanted)
    #expect(try await pull(.folder(folder)).fetchedFiles == 0)
  }

  @Test(
    "shards are fetched with their index, from a listing and from a plain folder", arguments: [true, false])
  func shards(isHub: Bool) async throws {
    let names = (1...2).map { "diffusion_pytorch_model-0000\($0)-of-00002.safetensors" }
    let shelf = Shelf()
    shelf.files.withLock { files in
      files["unet/diffusion_pytorch_model.safetensors"] = nil
      for name in names { files["unet/\(name)"] = Shelf.noise(5000) }
      files["unet/diffusion_pytorch_model.safetensors.index.json"] = Data(
        #"{"weight_map": {"a": "\#(names[0])", "b": "\#(names[1])", "c": "\#(names[0])"}}"#.utf8)
    }
    let server = try LoopbackServer(shelf.answer)
    try await pull(isHub ? hub(server) : .folder(PlainFolder(url: server.url.appending(path: "plain"))))
    #expect(
      try files().filter { $0.hasPrefix("unet/diff") }
        == (names + ["diffusion_pytorch_model.safetensors.index.json"]).map { "unet/\($0)" })
  }

  @Test("a component that the index or the repository lacks is an error")
  func lacking() async throws {
    let server = try LoopbackServer(Shelf().answer)
    await #expect(throws: HubError.incomplete("the model lacks vae; it has scheduler, unet")) {
      try await pull(hub(server), components: ["unet", "vae"])
    }
    #expect(scratch.names == [])
  }

  @Test("hostile paths in a listing end the pull before anything is written")
  func hostile() async throws {
    let shelf = Shelf()
    shelf.files.withLock { $0["unet/../../escape"] = Data("x".utf8) }
    let server = try LoopbackServer(shelf.answer)
    let error = await #expect(throws: HubError.self) { try await pull(hub(server)) }
    guard case .unsafePath("unet/../../escape", _) = error else { Issue.record("\(error!)"); return }
    #expect(scratch.names == [])
  }

  @Test("a pull that failed half-way leaves no model, and the next fetches the rest")
  func resumed() async throws {
    let shelf = Shelf()
    let isDown = Counter()
    let server = try LoopbackServer { request in
      var answer = shelf.answer(request)
      if request.path.hasSuffix("model.safetensors"), isDown.next() <= 3 {
        answer.dropsAfter = request.rangeStart == nil ? 90_000 : 0
      }
      return answer
    }
    await #expect(throws: HubError.self) { try await pull(hub(server)) }
    #expect(!scratch.exists("tiny"))
    server.forget()
    let log = Log<PullEvent>()
    try await pull(hub(server), log: log)
    #expect(server.requests.filter { $0.path.hasSuffix("model.safetensors") }.map(\.rangeStart) == [90_000])
    #expect(log.events.contains(.planned(files: 1, bytes: 200_000)))
    #expect(try files() == Self.wanted)
  }

  @Test("two pulls of one model at a time: the second waits and finds everything there")
  func together() async throws {
    let shelf = Shelf()
    let server = try LoopbackServer { request in
      var answer = shelf.answer(request)
      answer.pause = .milliseconds(20)
      return answer
    }
    let log = Log<PullEvent>()
    async let first = pull(hub(server), log: log)
    async let second = pull(hub(server), log: log)
    let fetched = try await [first.fetchedFiles, second.fetchedFiles]
    #expect(fetched.sorted() == [0, 4])
    #expect(log.events.contains(.waiting))
    #expect(scratch.names == ["tiny"])
  }

  @Test("a folder that was not pulled, or from elsewhere, is never replaced")
  func occupied() async throws {
    let server = try LoopbackServer(Shelf().answer)
    try FileManager.default.createDirectory(atPath: "\(scratch.path)/tiny", withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(filePath: "\(scratch.path)/tiny/model_index.json"))
    let error = await #expect(throws: HubError.self) { try await pull(hub(server)) }
    guard case .occupied = error else { Issue.record("\(error!)"); return }
    try PullRecord(of: .folder(PlainFolder(url: server.url))).write(in: "\(scratch.path)/tiny")
    await #expect(throws: HubError.self) { try await pull(hub(server)) }
    #expect(try scratch.read("tiny/model_index.json") == Data("mine".utf8))
  }

  @Test("a listing in pages is read to its end; one that leads to another host is not")
  func pages() async throws {
    let shelf = Shelf()
    let server = try LoopbackServer { request in
      guard request.path == Shelf().listingPath, !request.target.contains("cursor") else {
        return shelf.answer(request)
      }
      return .init(
        200, Data("[]".utf8),
        fields: ["Link": "<\(Shelf().listingPath)?recursive=true&cursor=2>; rel=\"next\""]
      )
    }
    try await pull(hub(server))
    #expect(try files() == Self.wanted)
    let elsewhere = try LoopbackServer { _ in .init(200, Data("[]".utf8)) }
    // Another host, and another port of the same.
    for next in ["http://example.org/x", elsewhere.url.appending(path: "x").absoluteString] {
      let other = try LoopbackServer { _ in
        .init(200, Data("[]".utf8), fields: ["Link": "<\(next)>; rel=\"next\""])
      }
      let error = await #expect(throws: HubError.self) {
        try await HubRepository(base: other.url, name: "a/b").files(hasty)
      }
      #expect(error?.description.contains("on another server") == true)
    }
    #expect(elsewhere.requests.isEmpty)
  }

  @Test(
    "more than the disk holds is refused beforehand, however large the numbers",
    arguments: ["900000000000000000", "9223372036854775807"])
  func space(size: String) async throws {
    let shelf = Shelf()
    let listing = ["200000", "2"].reduce(String(decoding: shelf.listing, as: UTF8.self)) { text, known in
      text.replacing("\"size\":\(known)", with: "\"size\":\(size)")
    }
    let server = try LoopbackServer { request in
      request.path == Shelf().listingPath ? .init(200, Data(listing.utf8)) : shelf.answer(request)
    }
    let error = await #expect(throws: HubError.self) { try await pull(hub(server)) }
    guard case .noSpace = error else { Issue.record("\(error!)"); return }
  }

  @Test(
    "weights' names are taken apart",
    arguments: [
      ("diffusion_pytorch_model.safetensors", nil, false, false),
      ("pytorch_model.fp16.bin", "fp16", false, false),
      ("diffusion_pytorch_model.fp16-00001-of-00002.safetensors", "fp16", true, false),
      ("model.safetensors.index.json", nil, true, true),
      ("diffusion_pytorch_model.safetensors.index.fp16.json", "fp16", true, true),
    ] as [(String, String?, Bool, Bool)])
  func names(name: String, variant: String?, isSharded: Bool, isIndex: Bool) throws {
    let parsed = try #require(WeightFileName(name))
    #expect(parsed.variant == variant && parsed.isSharded == isSharded && parsed.isIndex == isIndex)
  }

  @Test(
    "other names are no weights",
    arguments: ["config.json", "flax_model.msgpack", "model.onnx", "model_index.json"])
  func otherNames(name: String) { #expect(WeightFileName(name) == nil) }
}
