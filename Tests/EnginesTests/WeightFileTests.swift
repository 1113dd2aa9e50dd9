import EngineTesting
import Foundation
import Tensors
import Testing

/// A file of weights for tests, gone with the object.
private final class TemporaryWeights: WeightSource {
  let path: String
  let byteCount: Int
  let fileDescriptor: Int32

  init(_ bytes: [UInt8]) throws {
    path = NSTemporaryDirectory() + "weights-\(UUID().uuidString)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    byteCount = bytes.count
    fileDescriptor = open(path, O_RDONLY)
    try #require(fileDescriptor >= 0)
  }

  deinit {
    close(fileDescriptor)
    unlink(path)
  }
}

private func bytes(_ values: [Float]) -> [UInt8] { values.withUnsafeBytes(Array.init) }

@Suite("Weight files")
struct WeightFileTests {
  @Test(
    "weights are read in place: from several files, at any byte, beside literals",
    arguments: TestedEngine.allCases)
  func severalFiles(engine: TestedEngine) async throws {
    let engine = try engine.make()
    let builder = GraphBuilder()
    let graph: Graph
    do {
      // Three bytes of header put the numbers at odd addresses; a page and more puts them past the first.
      let first = try TemporaryWeights([1, 2, 3] + bytes([1, 2]))
      let second = try TemporaryWeights([UInt8](repeating: 9, count: 5001) + bytes([10, 20]))
      let x = try builder.input("x", .f32, [2])
      let a = try builder.constant(Constant(first, offset: 3, type: .init(.f32, [2])))
      let b = try builder.constant(Constant(second, offset: 5001, type: .init(.f32, [2])))
      graph = try builder.finish(["y": x * a + b + 0.5])
    }
    let model = try await engine.compile(graph, options: .init(precision: .f32))
    let results = try await model.run(["x": Tensor([3, 4], shape: [2])])
    #expect(results["y"]?.floats == [13.5, 28.5])
  }

  @Test(
    "a file that was cut short after it was opened is an error, not a crash", arguments: TestedEngine.allCases
  )
  func truncated(engine: TestedEngine) async throws {
    let engine = try engine.make()
    let file = try TemporaryWeights([UInt8](repeating: 0, count: 10_000))
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [2])
    let weight = try builder.constant(Constant(file, offset: 9_000, type: .init(.f32, [2])))
    let graph = try builder.finish(["y": x + weight])
    truncate(file.path, 100)
    let error = await #expect(throws: WeightError.self) {
      _ = try await engine.compile(graph, options: .init(precision: .f32))
    }
    #expect(error?.description.contains("cut short") == true)
  }

  @Test(
    "a graph that only declares its weights is refused, by the layer's name", arguments: TestedEngine.allCases
  )
  func declared(engine: TestedEngine) async throws {
    let engine = try engine.make()
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [2])
    let y = try builder.scope("mid_block.resnets.0") {
      try x + builder.constant(Constant(declared: .init(.f32, [2])))
    }
    let graph = try builder.finish(["y": y])
    await #expect(throws: WeightError.absent(layer: "mid_block.resnets.0")) {
      _ = try await engine.compile(graph, options: .init(precision: .f32))
    }
  }
}
