import Foundation
import OpenVINO
import Tensors
import Testing

@Suite("Engine")
struct EngineTests {
  let engine: OpenVINOEngine

  init() throws { engine = try OpenVINOEngine() }

  private func sumAndDifference(_ precision: Precision = .f32) async throws -> any Executable {
    let builder = GraphBuilder()
    let a = try builder.input("a", .f32, [2])
    let b = try builder.input("b", .f32, [2])
    // Declared out of the order of computation, one of them twice, one an input itself.
    let graph = try builder.finish(["difference": a - b, "sum": b + a, "same": b + a, "b": b])
    return try await engine.compile(graph, options: .init(precision: precision))
  }

  @Test("inputs and outputs go by name")
  func names() async throws {
    let model = try await sumAndDifference()
    let results = try await model.run([
      "a": Tensor([5, 7], shape: [2]), "b": Tensor([1, 2], shape: [2]),
    ])
    #expect(
      results.mapValues(\.floats) == ["difference": [4, 5], "sum": [6, 9], "same": [6, 9], "b": [1, 2]])
    #expect(model.outputs["sum"] == TensorType(.f32, [2]))
  }

  @Test("an input that is missing, unknown or of another type is named")
  func invalidInputs() async throws {
    let model = try await sumAndDifference()
    let good = Tensor([1, 2], shape: [2])
    let cases: [([String: Tensor], String)] = [
      (["a": good], "input 'b' (f32[2]) is missing"),
      (["a": good, "b": Tensor([1], shape: [1])], "input 'b' is f32[1]; the graph takes f32[2]"),
      (["a": good, "b": good, "c": good], "unknown input 'c'; the graph takes [\"a\", \"b\"]"),
    ]
    for (inputs, message) in cases {
      await #expect(throws: InvalidInput(message)) { _ = try await model.run(inputs) }
    }
  }

  @Test("a cancelled task runs nothing more")
  func cancellation() async throws {
    let model = try await sumAndDifference()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await model.run([:])
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("the engine tells its version, its processor, and that f32 always works")
  func capabilities() {
    #expect(engine.capabilities.engine == "OpenVINO")
    #expect(engine.capabilities.version.first?.isNumber == true)
    #expect(!engine.capabilities.device.isEmpty)
    #expect(engine.capabilities.precisions.last == .f32)
  }

  @Test("a product is computed in the precision that was asked for, whatever the processor prefers")
  func precision() async throws {
    // 1 + 2⁻¹⁰ is exact in f32 and f16, and 1 in bf16.
    let x = [Float](repeating: 1 + 1 / 1024, count: 64 * 64)
    var sums: [Precision: Float] = [:]
    for precision in engine.capabilities.precisions {
      let builder = GraphBuilder()
      let node = try builder.input("x", .f32, [64, 64])
      let graph = try builder.finish(["y": node.matMul(node)])
      let model = try await engine.compile(graph, options: .init(precision: precision))
      sums[precision] = try await model.run(["x": Tensor(x, shape: [64, 64])])["y"]?.floats[0]
    }
    let exact: Float = 64 * (1 + 1 / 1024) * (1 + 1 / 1024)
    #expect(abs(try #require(sums[.f32]) - exact) < 1e-4)
    if let rounded = sums[.bf16] { #expect(rounded == 64) }
  }

  @Test("every precision the processor has is measured, and the choice is one of them")
  func speeds() async throws {
    let seconds = try await engine.secondsByPrecision()
    #expect(Set(seconds.keys) == Set(engine.capabilities.precisions))
    #expect(seconds.values.allSatisfy { $0 > 0 })
    #expect(try await engine.capabilities.precisions.contains(engine.fastestPrecision()))
  }

  @Test("the same bytes with one thread and with two, in every precision")
  func threads() async throws {
    for precision in engine.capabilities.precisions {
      let builder = GraphBuilder()
      let x = try builder.input("x", .f32, [1, 24, 17, 13])
      let kernel = try builder.constant(Constant(waves([40, 24, 3, 3])))
      let tokens = try x.convolved(kernel, .init(padding: .all(1))).reshaped([1, 40, 221]).transposed([
        0, 2, 1,
      ])
      let graph = try builder.finish(["y": tokens.attending(keys: tokens, values: tokens)])
      var results: [Tensor?] = []
      for threads in [1, 2] {
        let model = try await engine.compile(graph, options: .init(precision: precision, threads: threads))
        results.append(try await model.run(["x": waves([1, 24, 17, 13])])["y"])
      }
      #expect(results[0] == results[1], "\(precision)")
    }
  }

  @Test("a compiled model that is kept on disk gives the same numbers to the next engine")
  func cache() async throws {
    let folder = NSTemporaryDirectory() + "compiled-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [1, 4, 8, 8])
    let kernel = try builder.constant(Constant(waves([6, 4, 3, 3])))
    let graph = try builder.finish(["first": x.convolved(kernel, .init()), "second": x + 1])
    var results: [[String: Tensor]] = []
    for _ in 0..<2 {
      let model = try await OpenVINOEngine().compile(
        graph, options: .init(precision: .f32, cacheFolder: folder))
      results.append(try await model.run(["x": waves([1, 4, 8, 8])]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    }
    #expect(results[0] == results[1])
    #expect(results[0].count == 2)
  }

  @Test("a model on disk is not taken for one that differs only in its weights")
  func cacheKnowsWeights() async throws {
    let folder = NSTemporaryDirectory() + "compiled-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for phase: Float in [0, 1] {
      let weights = waves([2, 3], phase: phase)
      let builder = GraphBuilder()
      let x = try builder.input("x", .f32, [1, 2])
      let graph = try builder.finish(["y": x.matMul(builder.constant(Constant(weights)))])
      let options = CompileOptions(precision: .f32, cacheFolder: folder)
      let results = try await engine.compile(graph, options: options).run([
        "x": Tensor([1, 0], shape: [1, 2])
      ])
      expectClose(results["y"]!.floats, Array(weights.floats[0..<3]))
    }
  }
}

/// Numbers between −1 and 1 without a pattern.
private func waves(_ shape: [Int], phase: Float = 0) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { sin(Float($0) * 1.7 + phase) }, shape: shape)
}
