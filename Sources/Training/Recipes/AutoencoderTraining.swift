package import Diffusion
import Foundation
import Imaging
import Foundations
import Tensors

/// Which half of an autoencoder learns.
package enum AutoencoderPart: String, Sendable, Hashable, CaseIterable {
  /// Both.
  case whole
  /// The decoder alone: latents stay what they are, so that a denoiser that has learnt them goes on painting.
  case decoder

  /// Whether a weight of the published layout belongs to it.
  func trains(_ weight: String) -> Bool {
    self == .whole || weight.hasPrefix("decoder.") || weight.hasPrefix("post_quant_conv.")
  }
}

/// Trains an autoencoder on whole pictures.
package struct AutoencoderTraining: Sendable {
  /// How and where.
  package var plan: TrainingPlan
  /// Width and height in pixels of the squares that are learnt from.
  package var side: Int
  /// The weight of the latents' divergence from the standard normal distribution.
  package var divergenceWeight: Double
  /// What of it learns.
  package var part: AutoencoderPart

  /// A training.
  package init(_ plan: TrainingPlan, side: Int, divergenceWeight: Double, part: AutoencoderPart = .whole) {
    (self.plan, self.side, self.divergenceWeight, self.part) = (plan, side, divergenceWeight, part)
  }

  /// Trains, writes checkpoints and, at the end, the model.
  package func run(
    _ runtime: DiffusionRuntime, progress: @escaping @Sendable (TrainingProgress) -> Void
  ) async throws -> TrainingOutcome {
    let autoencoder = try plan.model.autoencoder()
    guard side.isMultiple(of: autoencoder.configuration.scale) else {
      throw TrainingError("side is \(side); it must be a multiple of \(autoencoder.configuration.scale)")
    }
    var start = try await plan.start(.autoencoder, shapes: autoencoder.weightShapes, runtime: runtime)
    if plan.startsFromScratch { start = try start.copyingColours(autoencoder) }
    return try await plan.run(
      AutoencoderRecipe(training: self, autoencoder: autoencoder, start: start, runtime: runtime),
      runtime: runtime, progress: progress)
  }
}

private struct AutoencoderRecipe: TrainingRecipe {
  let training: AutoencoderTraining
  let autoencoder: Autoencoder
  let start: Checkpoint
  let runtime: DiffusionRuntime

  private var plan: TrainingPlan { training.plan }

  var subject: JSONValue {
    var subject: [String: JSONValue] = [
      "network": "autoencoder", "data": plan.data.identity, "side": JSONValue(training.side),
      "divergenceWeight": .number(training.divergenceWeight), "seed": JSONValue(plan.seed),
      "scratch": .bool(plan.startsFromScratch),
    ]
    // Named only where it is not the whole, so that trainings of former days go on.
    if training.part != .whole { subject["part"] = .string(training.part.rawValue) }
    return .object(subject)
  }

  func graph() throws -> Graph {
    try ReconstructionObjective(autoencoder, divergenceWeight: Float(training.divergenceWeight)).graph(
      TrainedWeights(start, where: training.part.trains), batch: plan.batchSize, height: training.side,
      width: training.side)
  }

  var batches: any BatchSource {
    ReconstructionBatches(
      plan.data, autoencoder, batchSize: plan.batchSize, side: training.side, microBatches: plan.microBatches,
      seed: plan.seed)
  }

  /// The scaling factor is one over the latents' deviation (Rombach et al. 2022, appendix G), measured on samples; it
  /// stays where the latents do.
  func trained(_ vector: ParameterVector) async throws -> TrainedComponents {
    let weights = start.replacing(try vector.checkpoint())
    guard training.part == .whole else { return TrainedComponents(weights: [.autoencoder: weights]) }
    let path = "\(plan.model.path)/vae/config.json"
    let text = try JSONParser.parse(Data(contentsOf: URL(filePath: path)), file: path)
    guard var settings = text.root.object else { throw TrainingError("\(path) is no JSON object") }
    settings["scaling_factor"] = .number(Double(String(format: "%.5f", 1 / (try await deviation(weights))))!)
    let data = Data(JSONWriter.pretty(.object(settings)).utf8)
    return TrainedComponents(weights: [.autoencoder: weights], settings: ["vae/config.json": data])
  }

  private func deviation(_ weights: Checkpoint) async throws -> Double {
    let side = plan.samples.size
    let graph = try autoencoder.encoderGraph(weights, height: side, width: side)
    let network = try await runtime.compile(graph, plan.frozenCompute)
    var (sum, squares, count) = (0.0, 0.0, 0.0)
    for index in 0..<24 {
      let picture = try plan.samples.pair(plan.samples.wrapped(index)).target.planes()
      for value in try await network.run(["picture": picture.tensor])["mean"]!.floats {
        sum += Double(value)
        squares += Double(value) * Double(value)
        count += 1
      }
    }
    return max((squares / count - (sum / count) * (sum / count)).squareRoot(), 1e-6)
  }

  /// Pictures and what comes back of them, side by side.
  func sheet(_ model: DiffusionModel, _ runtime: DiffusionRuntime) async throws -> Data {
    let coding = try LatentCoding(model, plan.frozenCompute, runtime: runtime)
    let side = plan.samples.size
    var grid = PictureGrid(columns: 6, side: side)
    for index in 0..<12 {
      let picture = try plan.samples.pair(plan.samples.wrapped(index)).target.planes()
      grid.add(picture)
      let latent = try await coding.encode(picture)
      grid.add(try await coding.decode(latent, height: side / coding.scale, width: side / coding.scale))
    }
    return try grid.png()
  }
}
