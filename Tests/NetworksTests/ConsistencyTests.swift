import EngineTesting
import Foundation
import Tensors
import Testing

@testable import Diffusion

@Suite("Consistency distillation")
struct ConsistencyTests {
  @Test(
    "the loss of a step is that of diffusers' schedulers, and its gradients are PyTorch's",
    arguments: [SchedulerConfiguration.Prediction.epsilon, .velocity])
  func loss(prediction: SchedulerConfiguration.Prediction) async throws {
    let reference = try SafetensorsFixture("consistency")
    let weights = try SafetensorsFixture("unet-exemplar.weights")
    let unet = UNet(try unetConfiguration("unet-exemplar"))
    // As `Scripts/fixtures/consistency.py` has it.
    let objective = ConsistencyObjective(unet, ExemplarEncoder(CLIPVisionConfiguration()), guidance: 3)
    var configuration = SchedulerConfiguration.paintByExample
    configuration.prediction = prediction
    let schedule = ConsistencySchedule(configuration, steps: 50)

    let builder = GraphBuilder()
    let context = try builder.input("context", .f32, [2, 1, 24])
    let free = try builder.constant(Constant(reference["free"]))
    let loss = try objective.loss(
      builder, learner: ScaledWeights(fixture: weights, factor: 1.02, areTrained: true),
      teacher: ScaledWeights(fixture: weights, factor: 1, areTrained: false), context: context, free: free,
      height: 8, width: 8)
    let model = try await makeTorch().compile(
      builder.finish(["loss": loss]), differentiating: "loss", options: .init(precision: .f32))

    let times = [29, 0].map { (schedule.steps[$0], schedule.steps.before($0)) }
    #expect(times.map(\.0) == [599, 19] && times.map(\.1) == [579, 0])
    func embeddings(_ times: [Int]) -> Tensor {
      Tensor(times.flatMap { unet.timestepEmbedding(Float($0)).floats }, shape: [2, 8])
    }
    func factors(_ values: [LatentFactors]) -> Tensor {
      Tensor(values.flatMap { [$0.latent, $0.output] }, shape: [2, 2, 1, 1])
    }
    let results = try await model.differentiate(
      [
        "sample": reference["sample"], "context": reference["context"], "time": embeddings(times.map(\.0)),
        "earlierTime": embeddings(times.map(\.1)),
        "step": factors(times.map { schedule.step(from: $0.0, to: $0.1) }),
        "present": factors(times.map { schedule.consistency(at: $0.0) }),
        "earlier": factors(times.map { schedule.consistency(at: $0.1) }),
      ], scale: 1)
    let expected = try reference["\(prediction.rawValue).loss"].floats
    #expect(mismatch(results["loss"]!.floats, expected, relative: 1e-4) == nil)
    let prefix = "\(prediction.rawValue).gradient."
    let names = reference.entries.keys.filter { $0.hasPrefix(prefix) }
    #expect(names.count == 5)
    for name in names {
      let gradient = try await model.read(.gradient, of: String(name.dropFirst(prefix.count)))
      #expect(mismatch(gradient.floats, try reference[name].floats, relative: 2e-3) == nil, "\(name)")
    }
  }

  @Test("without noise the consistency function is its input; far from it, the clean latents")
  func boundary() {
    let schedule = ConsistencySchedule(.paintByExample, steps: 50)
    #expect(schedule.consistency(at: 0) == LatentFactors(latent: 1, output: 0))
    let alpha = NoiseSchedule(.paintByExample).alphasCumprod[999]
    let far = schedule.consistency(at: 999)
    #expect(abs(far.latent * alpha.squareRoot() - 1) < 1e-3)
  }
}

/// A fixture's weights times a factor, as parameters of their own names or not.
private struct ScaledWeights: Weights {
  let fixture: SafetensorsFixture
  let factor: Float
  let areTrained: Bool

  func constant(_ name: String, shape: [Int]) throws -> Constant {
    let constant = Constant(Tensor(try fixture[name].floats.map { factor * $0 }, shape: shape))
    return areTrained ? constant.trained(as: name) : constant
  }
}
