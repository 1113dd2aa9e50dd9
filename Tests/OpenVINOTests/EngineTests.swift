import EngineTesting
import Foundation
import OpenVINO
import Tensors
import Testing

@Suite("Engine")
struct EngineTests {
  let engine: OpenVINOEngine

  init() throws { engine = try OpenVINOEngine() }

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
      #expect(mismatch(results["y"]!.floats, Array(weights.floats[0..<3])) == nil)
    }
  }
}
