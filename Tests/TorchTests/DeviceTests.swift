import EngineTesting
import Tensors
import Testing
import Torch

@Suite("libtorch")
struct DeviceTests {
  @Test("the engine tells its version, its processor, and that f32 always works")
  func capabilities() throws {
    let capabilities = try makeTorch().capabilities
    #expect(capabilities.engine == "libtorch")
    #expect(capabilities.version.first?.isNumber == true)
    #expect(!capabilities.device.isEmpty)
    #expect(capabilities.precisions.last == .f32)
  }

  @Test(
    "a device that cannot be is an error that names it",
    arguments: ["gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:99", "CPU", ""])
  func devices(name: String) throws {
    _ = try makeTorch()
    let error = #expect(throws: TorchError.self) { _ = try TorchEngine(device: name) }
    guard case .deviceAbsent(let message) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.contains(name))
  }

  @Test("a cache folder is refused, for nothing would be kept in it")
  func cacheFolder() async throws {
    let engine = try makeTorch()
    await #expect(throws: TorchError.cacheUnsupported) {
      _ = try await engine.compile(identity(), options: .init(precision: .f32, cacheFolder: "/tmp"))
    }
  }

  private func identity() throws -> Graph {
    let builder = GraphBuilder()
    return try builder.finish(["y": builder.input("x", .f32, [1])])
  }

  @Test("a failure in libtorch carries its words and the layer's name")
  func failure() async throws {
    let engine = try makeTorch()
    let builder = GraphBuilder()
    let graph = try builder.scope("mid_block.resnets.0") {
      let x = try builder.input("x", .f32, [2])
      let index = try builder.constant(Constant(Tensor(integers: [7], shape: [1])))
      return try builder.finish(["y": x.gathered(index, axis: 0)])
    }
    let model = try await engine.compile(graph, options: .init(precision: .f32))
    let error = await #expect(throws: TorchError.self) {
      _ = try await model.run(["x": Tensor([1, 2], shape: [2])])
    }
    #expect(error?.description.contains("mid_block.resnets.0: gather: ") == true)
    #expect(error?.description.contains("index out of range") == true)
  }

  @Test("a product in a narrow precision rounds its factors to it, and takes a weight of that type as it is")
  func precision() async throws {
    let engine = try makeTorch()
    let rounded = Tensor(.init(.bf16, [1, 1]), bytes: [0x81, 0x3F])  // 1 + 2⁻⁷, exact in bf16
    for precision in engine.capabilities.precisions {
      let builder = GraphBuilder()
      let x = try builder.input("x", .f32, [1, 1])
      let weight = try builder.constant(Constant(rounded)).converted(to: .f32)
      let graph = try builder.finish(["y": x.matMul(weight)])
      let model = try await engine.compile(graph, options: .init(precision: precision))
      let result = try await model.run(["x": Tensor([1 + 1 / 1024], shape: [1, 1])])["y"]
      let exact: Float = (1 + 1 / 1024) * (1 + 1 / 128)
      switch precision {
      case .f32: #expect(result?.floats == [exact])
      case .bf16: #expect(result?.floats == [1.007_812_5])
      case .f16: #expect(abs(try #require(result?.floats.first) - exact) < 1e-3)
      }
      #expect(result?.type.elementType == .f32)
    }
  }

  @Test("attention to more tokens than fit at once is that of all of them")
  func longAttention() async throws {
    let tokens = 4200
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [1, tokens, 1])
    let products = try x.matMul(x, transposesRight: true).softmax(axis: 2)
    let graph = try builder.finish([
      "fused": x.attending(keys: x, values: x), "composed": products.matMul(x),
    ])
    let model = try await makeTorch().compile(graph, options: .init(precision: .f32))
    let results = try await model.run(["x": waves([1, tokens, 1])])
    #expect(mismatch(results["fused"]!.floats, results["composed"]!.floats) == nil)
  }
}
