import Diffusion
import Foundation
import PipelineKit
import Testing

@testable import Stages

@Suite("Finding models")
struct ModelFinderTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "models-\(UUID().uuidString)")
  private static let model = URL(filePath: #filePath).appending(
    path: "../../../ParityTests/Fixtures/base/model"
  )
  .standardizedFileURL

  private var finder: ModelFinder {
    ModelFinder(
      ModelSearch(explicit: [folder.path], environment: ["HOME": folder.path]),
      memory: folder.appending(path: "digests.json"))
  }

  private func withModel(_ body: (URL) throws -> Void) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.appending(path: "tiny")
    try FileManager.default.copyItem(at: Self.model, to: place)
    try body(place)
  }

  private let nowhere: () throws -> URL = { throw StageFailure("the path was asked for") }

  @Test("a name and a path of one model are one identity, which follows every byte of what it computes with")
  func identity() throws {
    try withModel { place in
      let named = try finder.find("tiny", file: nowhere)
      #expect(named.location?.path == place.path)
      #expect(try finder.find("./tiny") { place }.identity == named.identity)
      try Data("a note".utf8).write(to: place.appending(path: "README.md"))
      #expect(try finder.find("tiny", file: nowhere).identity == named.identity)

      let weights = place.appending(path: "unet/diffusion_pytorch_model.safetensors")
      var bytes = try Data(contentsOf: weights)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: weights)
      let changed = try finder.find("tiny", file: nowhere).identity
      #expect(changed != named.identity)
      let schedule = place.appending(path: "scheduler/scheduler_config.json")
      let text = try String(contentsOf: schedule, encoding: .utf8)
      try text.replacing("0.012", with: "0.013").write(to: schedule, atomically: true, encoding: .utf8)
      #expect(try finder.find("tiny", file: nowhere).identity != changed)
    }
  }

  @Test(
    "a name never leaves the model folders",
    arguments: [
      "../secret", "a/../../secret", "tiny/../../secret", "tiny/..", "./../secret", "a/./../../secret",
    ])
  func confined(name: String) throws {
    try withModel { place in
      let secret = folder.deletingLastPathComponent().appending(path: "secret")
      try? FileManager.default.removeItem(at: secret)
      try FileManager.default.copyItem(at: place, to: secret)
      defer { try? FileManager.default.removeItem(at: secret) }
      let search = ModelSearch(explicit: [folder.path], environment: ["HOME": folder.path])
      #expect(search.path(of: name) == nil)
      #expect(search.path(of: "tiny") != nil)
      // What is written is then a path, and is checked as one.
      #expect(throws: StageFailure.self) { try finder.find(name, file: nowhere) }
    }
  }

  @Test("a model that is not there is missing, with the folders and the command that fetches it")
  func missing() throws {
    try withModel { _ in
      let error = #expect(throws: MissingDependency.self) { try finder.find("tinny", file: nowhere) }
      #expect(error?.message.contains(folder.path) == true)
      #expect(error?.message.contains("did you mean 'tiny'") == true)
      #expect(error?.remedy.contains("models pull tinny") == true)
      #expect(throws: MissingDependency.self) {
        try finder.find("./gone") { folder.appending(path: "gone") }
      }
    }
  }

  @Test("weights of a network that stands alone are found like models, and count by their files")
  func weights() throws {
    try withModel { place in
      let finder = ModelFinder(
        ModelSearch(explicit: [folder.path], environment: ["HOME": folder.path]), memory: nil, kind: .weights)
      let network = folder.appending(path: "net")
      try FileManager.default.createDirectory(at: network, withIntermediateDirectories: true)
      let file = network.appending(path: "net.pth")
      try Data("one".utf8).write(to: file)
      let found = try finder.find("net", file: nowhere)
      #expect(found.location?.path == network.path)
      try Data("two".utf8).write(to: file)
      #expect(try finder.find("net", file: nowhere).identity != found.identity)
      #expect(try finder.find("./net/net.pth") { file }.location?.path == file.path)
      #expect(throws: MissingDependency.self) { try finder.find("nat", file: nowhere) }
    }
  }

  @Test("a path is only followed where the document may go")
  func confined() throws {
    try withModel { _ in
      #expect(throws: StageFailure.self) { try finder.find("/somewhere/else", file: nowhere) }
    }
  }

  @Test("digests are taken once, and again when a file has changed")
  func digests() throws {
    try withModel { place in
      let file = place.appending(path: "model_index.json")
      let memory = DigestMemory(folder.appending(path: "digests.json"))
      let digest = try memory.digest(of: file)
      #expect(digest == (try ContentDigest(ofFile: file)))
      // What another process found out meanwhile stays, too.
      let other = DigestMemory(folder.appending(path: "digests.json"))
      let second = place.appending(path: "model_index-2.json")
      try Data("[]".utf8).write(to: second)
      _ = try other.digest(of: second)
      other.save()
      memory.save()
      let text = String(decoding: try Data(contentsOf: folder.appending(path: "digests.json")), as: UTF8.self)
      #expect(text.contains("model_index.json\"") && text.contains("model_index-2.json"), "\(text)")
      try Data("{}".utf8).write(to: file)
      let again = DigestMemory(folder.appending(path: "digests.json"))
      #expect(try again.digest(of: file) == ContentDigest(of: Data("{}".utf8)))
    }
  }
}
