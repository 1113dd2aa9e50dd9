import Foundation
import Tensors
import Testing

@testable import Diffusion

@Suite("networks that stand alone")
struct StandaloneNetworkTests {
  /// One layer; published with a prefix and a part that nobody needs.
  private struct Layer: StandaloneNetwork {
    static let name = "layer"
    var width: Int

    func graph(_ weights: any Weights) throws -> Graph {
      let builder = GraphBuilder()
      let layers = Layers(builder: builder, weights: weights)
      let x = try builder.input("x", .f32, [1, width])
      return try builder.finish(["y": layers.linear("layer", x, to: 2)])
    }

    func named(_ published: Checkpoint) -> Checkpoint {
      var result = published
      result.tensors = Dictionary(
        uniqueKeysWithValues: published.tensors.compactMap { name, tensor in
          name.hasPrefix("module.") ? (String(name.dropFirst("module.".count)), tensor) : nil
        })
      return result
    }
  }

  private static func write(_ shapes: [String: [Int]], to file: URL) throws {
    try Checkpoint(shapes: shapes) { Array(repeating: 1, count: shapes[$0]!.reduce(1, *)) }
      .write(to: file.path)
  }

  private static let shapes = ["module.layer.weight": [2, 3], "module.layer.bias": [2], "head.weight": [7]]

  @Test("weights come from a file, or from all files of a folder, under the names that the graph asks for")
  func files() throws {
    try Fixtures.withFolder { folder in
      let file = folder.appending(path: "all.safetensors")
      try Self.write(Self.shapes, to: file)
      #expect(
        try Layer(width: 3).weights(at: file.path).tensors.mapValues(\.shape) == [
          "layer.weight": [2, 3], "layer.bias": [2],
        ])
      #expect(try Layer(width: 3).weights(at: folder.path).files == [file.path])

      try FileManager.default.removeItem(at: file)
      for (name, shape) in Self.shapes {
        try Self.write([name: shape], to: folder.appending(path: "\(name).safetensors"))
      }
      #expect(try Layer(width: 3).weights(at: folder.path).files.count == 3)
      // The same in another format, as hubs have it, is not read; settings count.
      try Data("no weights".utf8).write(to: folder.appending(path: "pytorch_model.bin"))
      try Data("{}".utf8).write(to: folder.appending(path: "config.json"))
      #expect(try Layer(width: 3).weights(at: folder.path).files.count == 3)
      #expect(try WeightFiles(at: folder.path).all.contains(folder.appending(path: "config.json").path))
    }
  }

  @Test("another shape, two files with one name, and a folder without weights are refused")
  func refusals() throws {
    try Fixtures.withFolder { folder in
      let empty = #expect(throws: CheckpointError.self) { try Layer(width: 3).weights(at: folder.path) }
      #expect(empty?.reason == .noWeights)
      try Self.write(Self.shapes, to: folder.appending(path: "a.safetensors"))
      let other = #expect(throws: WeightMismatch.self) { try Layer(width: 4).weights(at: folder.path) }
      #expect(other?.misshapen == ["layer.weight is [2, 3], not [2, 4]"])
      try Self.write(["head.weight": [7]], to: folder.appending(path: "b.safetensors"))
      let twice = #expect(throws: CheckpointError.self) { try Layer(width: 3).weights(at: folder.path) }
      #expect(twice?.reason == .duplicateName)
      let gone = "\(folder.path)/gone.pth"
      #expect(throws: CheckpointError.self) { try Layer(width: 3).weights(at: gone) }
    }
  }

  @Test("it is compiled once for each shape and file, and inspected as what it is")
  func compiled() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "layer.safetensors")
    try Self.write(Self.shapes, to: file)
    let engine = RecordingEngine()
    let runtime = DiffusionRuntime { _ in engine }
    let compute = ComputeOptions(.f32)
    for _ in 0..<2 { _ = try await runtime.network(Layer(width: 3), weights: file.path, compute) }
    await #expect(throws: WeightMismatch.self) {
      _ = try await runtime.network(Layer(width: 4), weights: file.path, compute)
    }
    let key = NetworkKey(Layer(width: 3), weights: file.path, compute)
    #expect(key.name != NetworkKey(Layer(width: 4), weights: file.path, compute).name)
    #expect(key.name != NetworkKey(Layer(width: 3), weights: folder.path, compute).name)

    let inspection = try ModelInspection(path: folder.path)
    #expect(inspection.components.map(\.parameterCount) == [15])
    #expect(inspection.pipelineClass == "network that stands alone")
    let search = ModelSearch(explicit: [folder.path], environment: [:])
    #expect(search.path(of: "layer") == file.path)
  }
}
