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
}
