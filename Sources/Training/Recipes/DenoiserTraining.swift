package import Diffusion
import Foundation
import Imaging
import Foundations
import Tensors

/// Trains what the paper trains: the denoiser, the mapper, the last normalisation and projection, and the learned vector
/// that stands for no exemplar. The autoencoder and CLIP's vision tower are frozen.
///
/// Yang et al. 2023, sections 3.1 to 3.3.
package struct DenoiserTraining: Sendable {
  /// How and where.
  package var plan: TrainingPlan
  /// Training pairs that are encoded once and learnt from again and again.
  package var pairCount: Int
  /// 1 for the bottleneck, all for the paper's naive solution.
  package var tokens: ExemplarTokens
  /// Probability of a whole batch's condition being replaced by the learned vector: 0.2 in the paper.
  package var dropRate: Double
  /// Pictures with more signal to noise than this count as if they had this much: min(SNR, limit) / SNR (Hang et al.
  /// 2023, with 5); nil counts all alike, as the paper does.
  package var signalLimit: Double?
  /// Which latents are learnt to be painted.
  package var target: TargetLatents
  /// A model whose denoiser is begun with instead, of Stable Diffusion's kind: input channels that it lacks are added
  /// with weights of zero.
  package var prior: DiffusionModel?
  /// Steps of the sampler for sheets of samples.
  package var sampleSteps: Int

  /// A training.
  package init(
    _ plan: TrainingPlan, pairCount: Int, tokens: ExemplarTokens = .classToken, dropRate: Double = 0.2,
    signalLimit: Double? = nil, target: TargetLatents = .sample, prior: DiffusionModel? = nil,
    sampleSteps: Int = 20
  ) {
    (self.plan, self.pairCount, self.tokens, self.signalLimit) = (plan, pairCount, tokens, signalLimit)
    (self.dropRate, self.target, self.prior, self.sampleSteps) = (dropRate, target, prior, sampleSteps)
  }

  /// Trains, writes checkpoints and, at the end, the model.
  package func run(
    _ runtime: DiffusionRuntime, progress: @escaping @Sendable (TrainingProgress) -> Void
  ) async throws -> TrainingOutcome {
    let model = plan.model
    let recipe = try await DenoiserRecipe(self, model.unet(), model.exemplarEncoder(), runtime)
    return try await plan.run(recipe, runtime: runtime, progress: progress)
  }

  /// The weights of a prior's denoiser, fitted to this one's shapes. Input channels that it lacks are zero.
  package static func start(of unet: UNet, from prior: DiffusionModel) throws -> Checkpoint {
    let published = try prior.publishedWeights(of: .unet)
    return try WeightExpectation(component: "unet", shapes: unet.weightShapes)
      .fitted(published.widened("conv_in.weight", to: unet.configuration.inputChannels))
  }
}

struct DenoiserRecipe: TrainingRecipe {
  let training: DenoiserTraining
  let unet: UNet
  let encoder: ExemplarEncoder
  let unetStart: Checkpoint
  let encoderStart: Checkpoint
  let cache: LatentCache
  let latentShape: [Int]
  let schedule: SchedulerConfiguration
  let subject: JSONValue

  private var plan: TrainingPlan { training.plan }
  /// Tokens of a reference.
  var tokenCount: Int { training.tokens == .classToken ? 1 : encoder.configuration.tokens }

  init(
    _ training: DenoiserTraining, _ unet: UNet, _ encoder: ExemplarEncoder, _ runtime: DiffusionRuntime
  ) async throws {
    let plan = training.plan
    (self.training, self.unet, self.encoder) = (training, unet, encoder)
    schedule = try plan.model.schedule
    let coding = try LatentCoding(plan.model, plan.frozenCompute, runtime: runtime)
    try Self.check(training, unet, encoder, coding)
    latentShape = [coding.channels, plan.data.size / coding.scale, plan.data.size / coding.scale]
    unetStart = try await Self.unetStart(training, unet, runtime)
    // The tower is frozen, whatever the rest begins with.
    let published = try await runtime.weights(of: .imageEncoder, of: plan.model)
    let fresh = try await plan.start(.imageEncoder, shapes: encoder.weightShapes, runtime: runtime)
    encoderStart = Checkpoint(
      tensors: fresh.tensors.merging(published.tensors) { fresh, published in published }
        .merging(fresh.tensors.filter { ExemplarEncoder.isTrained($0.key) }) { $1 })
    let encoding = PairEncoding(
      coding: coding, encoding: try ExemplarEncoding(plan.model, plan.frozenCompute, runtime: runtime),
      preprocessing: try plan.model.preprocessing(), tokens: training.tokens, target: training.target,
      seed: plan.seed)
    var identity: [String: JSONValue] = [
      "data": plan.data.identity, "tokens": .string(training.tokens.rawValue),
      "target": .string(training.target.rawValue), "seed": JSONValue(plan.seed),
      "networks": try Self.digest(plan.model),
    ]
    // Named only where it is not full, so that trainings of former days go on.
    if plan.frozenCompute.precision != .f32 {
      identity["precision"] = .string(plan.frozenCompute.precision.rawValue)
    }
    let frozen = JSONValue.object(identity)
    cache = try LatentCache(
      plan.data, encoding, count: training.pairCount, identity: frozen, folder: plan.folder)
    subject = [
      "network": "denoiser", "pairs": JSONValue(training.pairCount), "frozen": frozen,
      "dropRate": .number(training.dropRate), "seed": JSONValue(plan.seed),
      "prediction": .string(schedule.prediction.rawValue),
      "signalLimit": training.signalLimit.map { .number($0) } ?? .null,
      "start": .string(training.prior != nil ? "prior" : plan.startsFromScratch ? "scratch" : "model"),
    ]
  }

  private static func check(
    _ training: DenoiserTraining, _ unet: UNet, _ encoder: ExemplarEncoder, _ coding: LatentCoding
  ) throws {
    let plan = training.plan
    guard unet.configuration.inputChannels == 2 * coding.channels + 1 else {
      throw TrainingError(
        "the denoiser takes \(unet.configuration.inputChannels) channels; it has to take "
          + "\(2 * coding.channels + 1): latents, masked latents and the mask")
    }
    guard encoder.configuration.architecture == .paintByExample else {
      throw TrainingError("the model's image encoder is no PaintByExampleImageEncoder")
    }
    guard plan.model.channelOrder != .stableDiffusion else {
      throw TrainingError(
        "the model's class is \(plan.model.pipelineClass); training is for PaintByExamplePipeline")
    }
    guard plan.data.size.isMultiple(of: coding.scale << (unet.configuration.blockChannels.count - 1)) else {
      throw TrainingError(
        "pictures of \(plan.data.size) pixels do not halve evenly on every level of the denoiser")
    }
    if let count = plan.data.count, training.pairCount > count {
      throw TrainingError("there are \(count) pairs, fewer than the \(training.pairCount) to train on")
    }
  }

  /// What frozen weights are.
  private static func digest(_ model: DiffusionModel) throws -> JSONValue {
    var digests: [String: JSONValue] = [:]
    for component in [ModelComponent.autoencoder, .imageEncoder] {
      for file in try model.weights(of: component).files {
        digests["\(component.rawValue)/\((file as NSString).lastPathComponent)"] = .string(
          try ContentDigest(ofFile: URL(filePath: file)).description)
      }
    }
    return .object(digests)
  }

  private static func unetStart(
    _ training: DenoiserTraining, _ unet: UNet, _ runtime: DiffusionRuntime
  ) async throws -> Checkpoint {
    let shapes = try unet.weightShapes
    guard let prior = training.prior else {
      return try await training.plan.start(.unet, shapes: shapes, runtime: runtime)
    }
    return try DenoiserTraining.start(of: unet, from: prior).inSinglePrecision()
  }

  func graph() throws -> Graph {
    try DenoisingObjective(unet, encoder).graph(
      TrainedWeights(unetStart), TrainedWeights(encoderStart, where: ExemplarEncoder.isTrained),
      batch: plan.batchSize, height: latentShape[1], width: latentShape[2], tokens: tokenCount,
      isWeighted: training.signalLimit != nil)
  }

  /// The order of its pairs.
  var order: PairOrder { PairOrder(count: training.pairCount, seed: plan.seed) }

  var batches: any BatchSource {
    DenoisingBatches(
      batchSize: plan.batchSize, cache: cache, order: order, unet: unet,
      schedule: NoiseSchedule(schedule), prediction: schedule.prediction,
      latentShape: latentShape,
      tokenShape: [tokenCount, encoder.configuration.width], dropRate: training.dropRate,
      signalLimit: training.signalLimit, microBatches: plan.microBatches, seed: plan.seed)
  }

  func trained(_ vector: ParameterVector) async throws -> TrainedComponents {
    let trained = try vector.checkpoint()
    return TrainedComponents(weights: [
      .unet: unetStart.replacing(trained), .imageEncoder: encoderStart.replacing(trained),
    ])
  }

  /// In each row the scene with its hole, the reference, what is painted with guidance 1, 3 and 5, and what was there.
  func sheet(_ model: DiffusionModel, _ runtime: DiffusionRuntime) async throws -> Data {
    var grid = PictureGrid(columns: 6, side: plan.samples.size)
    for index in 0..<6 {
      let pair = try plan.samples.pair(plan.samples.wrapped(index))
      grid.add(try pair.scene.planes())
      try grid.add(pair.reference)
      for guidance in [1, 3, 5] as [Float] {
        let painting = painting(steps: training.sampleSteps, guidance: guidance, model, runtime)
        grid.add(try await painting.picture(of: pair, seed: index))
      }
      grid.add(try pair.target.planes())
    }
    return try grid.png()
  }

  func painting(
    steps: Int, guidance: Float, _ model: DiffusionModel, _ runtime: DiffusionRuntime
  ) -> PairPainting {
    var options = InpaintingOptions()
    (options.steps, options.guidance, options.compute) = (steps, guidance, plan.frozenCompute)
    return PairPainting(model, options, tokens: training.tokens, runtime: runtime)
  }
}

extension Checkpoint {
  /// A convolution's weights with further input channels of zeros, as the paper's training adds them to Stable
  /// Diffusion's; unchanged when it has as many already.
  fileprivate func widened(_ name: String, to channels: Int) throws -> Checkpoint {
    guard let tensor = self[name], tensor.shape.count == 4, tensor.shape[1] < channels,
      let floats = tensor.floats()
    else { return self }
    let (own, area) = (tensor.shape[1] * tensor.shape[2] * tensor.shape[3], tensor.shape[2] * tensor.shape[3])
    let zeros = [Float](repeating: 0, count: channels * area - own)
    let values = (0..<tensor.shape[0]).flatMap { floats[$0 * own..<($0 + 1) * own] + zeros }
    var wider = self
    wider.tensors[name] = try CheckpointTensor(
      Tensor(values, shape: [tensor.shape[0], channels, tensor.shape[2], tensor.shape[3]]))
    return wider
  }
}
