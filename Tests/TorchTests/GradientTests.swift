import EngineTesting
import Tensors
import Testing
import Torch

@Suite("Parameters and their gradients")
struct GradientTests {
  /// loss = Σ (w · x + b)², with w = [2, 3] trained and b = [1, 1] not.
  private func square(of parameter: Bool = true) throws -> Graph {
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [2])
    let start = Constant(Tensor([2, 3], shape: [2]))
    let w = try builder.constant(parameter ? start.trained(as: "w") : start)
    let y = try w * x + builder.constant(Constant(Tensor([1, 1], shape: [2])))
    return try builder.finish(["y": y, "loss": (y * y).reduced(.sum, axes: [0], keepsDimensions: false)])
  }

  private func compiled() async throws -> any GradientExecutable {
    try await makeTorch().compile(square(), differentiating: "loss", options: .init(precision: .f32))
  }

  private let x = ["x": Tensor([10, -1], shape: [2])]

  @Test("gradients of several runs add up, each by its own scale, until they are cleared")
  func accumulation() async throws {
    let model = try await compiled()
    #expect(model.parameters == ["w": TensorType(.f32, [2])])
    #expect(try await model.read(.gradient, of: "w").floats == [0, 0])
    let results = try await model.differentiate(x, scale: 1)
    #expect(results.mapValues(\.floats) == ["y": [21, -2], "loss": [445]])
    // 2 · (w · x + b) · x
    #expect(try await model.read(.gradient, of: "w").floats == [420, 4])
    _ = try await model.differentiate(x, scale: 0.5)
    #expect(try await model.read(.gradient, of: "w").floats == [630, 6])
    _ = try await model.run(x)
    #expect(try await model.read(.gradient, of: "w").floats == [630, 6])
    try await model.clearGradients()
    #expect(try await model.read(.gradient, of: "w").floats == [0, 0])
  }

  @Test("a parameter that was changed is what later runs compute with, and constants stay")
  func changes() async throws {
    let model = try await compiled()
    #expect(try await model.read(.value, of: "w").floats == [2, 3])
    try await model.write(.value, of: "w", Tensor([0, 1], shape: [2]))
    #expect(try await model.run(x)["y"]?.floats == [1, 0])
    _ = try await model.differentiate(x, scale: 1)
    #expect(try await model.read(.gradient, of: "w").floats == [20, 0])
    try await model.write(.gradient, of: "w", Tensor([7, 8], shape: [2]))
    _ = try await model.differentiate(x, scale: 1)
    #expect(try await model.read(.gradient, of: "w").floats == [27, 8])
    let other = try await compiled()
    #expect(try await other.read(.value, of: "w").floats == [2, 3])
  }

  @Test("a parameter that is used twice, under other dimensions too, has one gradient")
  func shared() async throws {
    let builder = GraphBuilder()
    let weight = Constant(Tensor([2, 3], shape: [2])).trained(as: "w")
    let row = try builder.constant(weight)
    let column = try builder.constant(weight.reshaped([2, 1]))
    let x = try builder.input("x", .f32, [1])
    let loss = try (row * column * x).reduced(.sum, axes: [0, 1], keepsDimensions: false)
    let model = try await makeTorch().compile(
      builder.finish(["loss": loss]), differentiating: "loss", options: .init(precision: .f32))
    _ = try await model.differentiate(["x": Tensor([1], shape: [1])], scale: 1)
    // (w₀ + w₁)² by either is 2 (w₀ + w₁).
    #expect(try await model.read(.gradient, of: "w").floats == [10, 10])
  }

  @Test("steps of AdamW are PyTorch's")
  func adamW() async throws {
    let model = try await compiled()
    let optimizer = AdamW(rate: 0.1, firstDecay: 0.8, secondDecay: 0.9, epsilon: 1e-4, weightDecay: 0.5)
    for step in 1...3 {
      _ = try await model.differentiate(x, scale: 1)
      try await model.update(optimizer, step: step, gradientScale: 0.25)
      try await model.clearGradients()
    }
    // torch.optim.AdamW([w], lr=0.1, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.5), gradients times 0.25
    #expect(mismatch(try await model.read(.value, of: "w").floats, [1.43104112, 2.28920746]) == nil)
    #expect(mismatch(try await model.read(.firstMoment, of: "w").floats, [45.7441788, 0.419314086]) == nil)
    #expect(mismatch(try await model.read(.secondMoment, of: "w").floats, [2436.65723, 0.207146317]) == nil)
  }

  @Test("a training that goes on from what was read goes on the same")
  func resumption() async throws {
    let (first, second) = (try await compiled(), try await compiled())
    let optimizer = AdamW(rate: 0.1)
    _ = try await first.differentiate(x, scale: 1)
    try await first.update(optimizer, step: 1, gradientScale: 1)
    for part in ParameterPart.allCases {
      try await second.write(part, of: "w", first.read(part, of: "w"))
    }
    for model in [first, second] {
      _ = try await model.differentiate(x, scale: 1)
      try await model.update(optimizer, step: 2, gradientScale: 1)
    }
    for part in ParameterPart.allCases {
      let (one, other) = (try await first.read(part, of: "w"), try await second.read(part, of: "w"))
      #expect(one == other, "\(part)")
    }
  }

  @Test("the length of all gradients is zero without any, and not finite when one is not")
  func norm() async throws {
    let model = try await compiled()
    #expect(try await model.gradientNorm() == 0)
    try await model.write(.gradient, of: "w", Tensor([3, -4], shape: [2]))
    #expect(try await model.gradientNorm() == 5)
    try await model.write(.gradient, of: "w", Tensor([3, .nan], shape: [2]))
    #expect(try await model.gradientNorm().isFinite == false)
  }

  @Test("what cannot be trained is named")
  func refusals() async throws {
    let engine = try makeTorch()
    let options = CompileOptions(precision: .f32)
    func failure(_ graph: Graph, _ loss: String) async -> String? {
      await #expect(throws: TorchError.self) {
        _ = try await engine.compile(graph, differentiating: loss, options: options)
      }?.description
    }
    #expect(try await failure(square(), "cost")?.contains("no output 'cost'") == true)
    #expect(try await failure(square(), "y")?.contains("'y' is f32[2]") == true)
    #expect(try await failure(square(of: false), "loss")?.contains("no parameters") == true)

    let builder = GraphBuilder()
    let narrow = Constant(Tensor(.init(.f16, []), bytes: [0, 0])).trained(as: "narrow")
    let graph = try builder.finish(["loss": builder.constant(narrow).converted(to: .f32)])
    #expect(await failure(graph, "loss")?.contains("'narrow' is f16[]") == true)

    let model = try await compiled()
    await #expect(throws: TorchError.untrainable(message: "the graph has no parameter 'v'")) {
      _ = try await model.read(.gradient, of: "v")
    }
    await #expect(throws: TorchError.untrainable(message: "parameter 'w' is f32[2], not f32[1]")) {
      try await model.write(.value, of: "w", Tensor([1], shape: [1]))
    }
  }

  @Test("an engine that is not asked for gradients takes a parameter for the constant it was")
  func constants() async throws {
    let results = try await makeTorch().compile(square(), options: .init(precision: .f32)).run(x)
    #expect(results["loss"]?.floats == [445])
  }
}
