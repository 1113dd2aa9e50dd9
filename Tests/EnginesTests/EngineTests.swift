import EngineTesting
import Foundation
import Tensors
import Testing

@Suite("Engine")
struct EngineTests {
  private func sumAndDifference(_ engine: TestedEngine) async throws -> any Executable {
    let builder = GraphBuilder()
    let a = try builder.input("a", .f32, [2])
    let b = try builder.input("b", .f32, [2])
    // Declared out of the order of computation, one of them twice, one an input itself.
    let graph = try builder.finish(["difference": a - b, "sum": b + a, "same": b + a, "b": b])
    return try await engine.make().compile(graph, options: .init(precision: .f32))
  }

  @Test("inputs and outputs go by name", arguments: TestedEngine.allCases)
  func names(engine: TestedEngine) async throws {
    let model = try await sumAndDifference(engine)
    let results = try await model.run([
      "a": Tensor([5, 7], shape: [2]), "b": Tensor([1, 2], shape: [2]),
    ])
    #expect(
      results.mapValues(\.floats) == ["difference": [4, 5], "sum": [6, 9], "same": [6, 9], "b": [1, 2]])
    #expect(model.outputs["sum"] == TensorType(.f32, [2]))
  }

  @Test("an input that is missing, unknown or of another type is named", arguments: TestedEngine.allCases)
  func invalidInputs(engine: TestedEngine) async throws {
    let model = try await sumAndDifference(engine)
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

  @Test("a cancelled task runs nothing more", arguments: TestedEngine.allCases)
  func cancellation(engine: TestedEngine) async throws {
    let model = try await sumAndDifference(engine)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await model.run([:])
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test(
    "every precision the processor has is measured, and the choice is one of them",
    arguments: TestedEngine.allCases)
  func speeds(engine: TestedEngine) async throws {
    let engine = try engine.make()
    let seconds = try await engine.secondsByPrecision()
    #expect(Set(seconds.keys) == Set(engine.capabilities.precisions))
    #expect(seconds.values.allSatisfy { $0 > 0 })
    #expect(try await engine.capabilities.precisions.contains(engine.fastestPrecision()))
  }

  @Test("the same bytes with one thread and with two, in every precision", arguments: TestedEngine.allCases)
  func threads(engine: TestedEngine) async throws {
    let engine = try engine.make()
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
}
