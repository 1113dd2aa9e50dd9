import Diffusion
import PipelineKit
import Training

/// Trains the denoiser, the mapper and the unconditional vector, as the paper does.
struct TrainDenoiser: Stage {
  static let name = "train.denoiser"
  static let version = 2
  static let summary = "Trains the denoiser, the mapper and the unconditional vector, as the paper does."
  static let discussion = """
    Yang et al. 2023, section 3: noise in the latents of training pairs is to be predicted from noised latents, the
    latents of the scene with its hole, the mask, and one token of the reference; with probability `drop` the token is
    replaced by a learned vector. Autoencoder and vision tower are frozen, so pairs are encoded once, in the folder
    `latents`.

    The paper's ablations: `tokens` all is its naive solution; `prior` begins with Stable Diffusion's denoiser, to
    which the missing input channels are added as zeros; the data's `augment` and `freeForm` are the others.
    """
  static let inputs = TrainingPorts.inputs
  static let outputs = TrainingPorts.outputs
  // Checkpoints and model lie in its folder, which says how far it is.
  static let isPure = false

  struct Parameters: StageParameters {
    @ParameterGroup var training = TrainingParameters {
      ($0.start, $0.steps, $0.batch, $0.rate) = (.model, 100_000, 16, 1e-5)
      ($0.warmUp, $0.schedule, $0.average) = (10_000, .constant, 0.9999)
    }
    @Parameter(help: "Training pairs that are encoded once and learnt from again and again.", 1...1e9)
    var pairs = 20000
    @Parameter(help: "What of a reference conditions the denoiser: class is the paper's bottleneck.")
    var tokens = TrainingTokens
      .class
    @Parameter(help: "Probability of a batch without its references.", 0...1) var drop = 0.2
    @Parameter(
      help:
        "Signal-to-noise ratio above which a pair counts less (5, say); null: all count alike, as in the paper.",
      1e-3...1e6)
    var signalLimit: Double? = nil
    @Parameter(
      help: "Which latents are learnt to be painted: samples of the posterior, as in the paper, or its mean.")
    var target = TrainingTarget.sample
    @Parameter(help: "A model whose denoiser is begun with instead, of Stable Diffusion's kind.")
    var prior: ModelReference? = nil
    @Parameter(help: "Steps of the sampler for sheets of samples.", 1...1000) var sampleSteps = 20

    func conflict() -> ParameterConflict? {
      if prior != nil, training.start == .scratch {
        return ParameterConflict("prior", "a denoiser that starts from scratch has no prior")
      }
      if let fault = prior?.conflict(weightsOf: [.unet]) { return ParameterConflict("prior", fault.message) }
      return training.conflict { model, faults in
        faults.attempt { try model.unet() }
        faults.attempt { try model.autoencoder() }
        faults.attempt { try model.exemplarEncoder() }
        faults.attempt { try model.preprocessing() }
        faults.attempt { try model.schedule }
      }
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard let size = inputs[TrainingPorts.examples]?.sizes["size"] else { return Estimate() }
    return Estimate(
      workingBytes: try TrainingMemory.bytes(
        denoiserOf: DiffusionModel(path: parameters.training.model.path), batch: parameters.training.batch,
        size: size,
        tokens: parameters.tokens.value))
  }

  static let checkedInputs: [any StagePort]? = []

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    guard let prior = parameters.prior else { return }
    do {
      let unet = try DiffusionModel(path: parameters.training.model.path).unet()
      _ = try DenoiserTraining.start(of: unet, from: DiffusionModel(path: prior.path))
    } catch {
      throw StageFailure("the denoiser cannot begin with the prior '\(prior.name)': \(error)")
    }
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let plan = try await parameters.training.plan(inputs, context)
    let training = try training(plan)
    return try await trained(plan, context) { try await training.run(runtime, progress: $0) }
  }

  // Not inlined: Swift 6.3's optimizer crashes on typed errors in a coroutine.
  @inline(never)
  private func training(_ plan: TrainingPlan) throws -> DenoiserTraining {
    DenoiserTraining(
      plan, pairCount: parameters.pairs, tokens: parameters.tokens.value,
      dropRate: parameters.drop, signalLimit: parameters.signalLimit,
      target: parameters.target.value,
      prior: try parameters.prior.map { try DiffusionModel(path: $0.path) },
      sampleSteps: parameters.sampleSteps)
  }
}
