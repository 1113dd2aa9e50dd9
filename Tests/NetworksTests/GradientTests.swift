import Diffusion
import EngineTesting
import Tensors
import Testing
import Torch

/// Gradients of small random models are those of PyTorch, within 10⁻³ of each tensor's largest.
@Suite("Gradients")
struct GradientTests {
  @Test(
    "every weight's gradient of a mean squared error is PyTorch's",
    arguments: ["unet-exemplar", "unet-shared"])
  func unet(name: String) async throws {
    let reference = try SafetensorsFixture(name + ".gradients")
    let tensors = try SafetensorsFixture(name + ".tensors")
    let model = try await makeTorch().compile(
      graph(name, tensors), differentiating: "loss", options: .init(precision: .f32))
    let results = try await model.differentiate(
      [
        "sample": tensors["sample"], "time": tensors["time"], "context": tensors["context"],
        "target": reference["target"],
      ], scale: 1)
    #expect(mismatch(results["loss"]!.floats, try reference["loss"].floats, relative: 1e-4) == nil)

    let entries = reference.entries.keys.filter { $0.hasPrefix("gradient.") }
    let largest = try entries.flatMap { try reference[$0].floats }.map(abs).max()!
    var compared = 0
    for entry in entries.sorted() {
      let weight = String(entry.dropFirst("gradient.".count))
      let expected = try reference[entry].floats
      guard model.parameters[weight] != nil else {
        // With one token, queries and keys are folded away, for they change nothing: PyTorch finds what its
        // rounding leaves.
        #expect(expected.allSatisfy { abs($0) <= 1e-6 * largest }, "\(weight)")
        continue
      }
      let gradient = try await model.read(.gradient, of: weight)
      #expect(gradient.type.shape == (try reference[entry].shape), "\(weight)")
      #expect(mismatch(gradient.floats, expected, relative: 1e-3) == nil, "\(weight)")
      compared += 1
    }
    #expect(compared == model.parameters.count)
  }

  /// A denoiser with the mean squared difference of its noise and an input `target` as output `loss`.
  private func graph(_ name: String, _ tensors: SafetensorsFixture) throws -> Graph {
    let (sample, context) = (try tensors["sample"], try tensors["context"])
    let weights = TrainedWeights(fixture: try SafetensorsFixture(name + ".weights"))
    let unet = try UNet(unetConfiguration(name)).graph(
      weights, height: sample.shape[2], width: sample.shape[3], batch: context.shape[0],
      tokens: context.shape[1], pictures: sample.shape[0])
    let (builder, outputs) = GraphBuilder.continuing(unet)
    let noise = try #require(outputs["noise"])
    let difference = try noise - builder.input("target", .f32, noise.shape)
    let loss = try (difference * difference).reduced(.mean, axes: [0, 1, 2, 3], keepsDimensions: false)
    return try builder.finish(["loss": loss])
  }
}

/// A fixture's weights, widened, as parameters of their own names.
private struct TrainedWeights: Weights {
  let fixture: SafetensorsFixture

  func constant(_ name: String, shape: [Int]) throws -> Constant {
    Constant(Tensor(try fixture[name].floats, shape: shape)).trained(as: name)
  }
}
