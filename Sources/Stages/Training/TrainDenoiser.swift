import Diffusion
import PipelineKit
import Training

/// Trains the denoiser, the mapper and the unconditional vector, as the paper does.
struct TrainDenoiser: Stage {
  static let name = "train.denoiser"
  static let summary = "Trains the denoiser, the mapper and the unconditional vector, as the paper does."
  static let discussion = """
    Yang et al. 2023, section 3: noise in the latents of training pairs is to be predicted from noised latents, the
    latents of the scene with its hole, the mask, and one token of the reference; with probability `drop` the token is
    replaced by a learned vector. Autoencoder and vision tower are frozen, so pairs are encoded once, in the folder
    `latents`.

    The paper's ablations: `tokens` all is its naive solution; `prior` begins with Stable Diffusion's denoiser, to
    which the missing input channels are added as zeros; the data's `augment` and `freeForm` are the others.
    """
  static let examples = Input<TrainingExamples>("examples", help: "What is learnt from.")
  static let samples = OptionalInput<TrainingExamples>(
    "samples", help: "What sheets of samples show; what is learnt from unless linked.")
  static let report = Output<Report>("report", help: "Steps, the last loss, and where the model is.")
  static let inputs: [any StagePort] = [examples, samples]
  static let outputs: [any StagePort] = [report]
  // Checkpoints and model lie in its folder, which says how far it is.
  static let isPure = false

  enum Tokens: String, ParameterChoice { case `class`, all }
  enum Target: String, ParameterChoice { case sample, mean }

  struct Parameters: TrainingParameters {
    @Parameter(help: "The model: the shapes of its networks, and the weights of those that are not trained.")
    var model: UntrainedModelReference
    @Parameter(help: "The folder for checkpoints, metrics, samples and the trained model.") var folder:
      OutputPath
    @Parameter(help: "What the network begins with: the model's weights, or random ones.") var start =
      TrainingStart.model
    @Parameter(help: "Steps in all; a training that was interrupted goes on.", 1...1e9) var steps = 100000
    @Parameter(help: "Examples of a step, or of a part of it when gradients are accumulated.", 1...65536)
    var batch = 16
    @Parameter(help: "Batches whose gradients a step averages.", 1...65536) var accumulation = 1
    @Parameter(help: "AdamW's rate, after the warm-up.", 0...1) var rate = 1e-5
    @Parameter(help: "Steps in which the rate grows to its full height.", 0...1e9) var warmUp = 10000
    @Parameter(help: "What the rate does then: stay, or fall to nothing along a cosine.") var course =
      RateCourse.constant
    @Parameter(help: "What weights lose in a step, as a part of the rate.", 0...1) var weightDecay = 0.01
    @Parameter(help: "Longer gradients are shortened to this; null leaves them.", 1e-9...1e9)
    var gradientLimit: Double? = 1
    @Parameter(
      help: "Decay of the weights' moving average, which becomes the model; null keeps none.", 0...0.999999)
    var average: Double? = 0.9999
    @Parameter(help: "Steps from one update of that average to the next.", 1...1e9) var averageEvery = 1
    @Parameter(help: "Steps from checkpoint to checkpoint.", 1...1e9) var checkpointEvery = 500
    @Parameter(help: "How many checkpoints are kept.", 1...1000) var keep = 2
    @Parameter(
      help: "Steps from one sheet of samples, and one model, to the next; null: only at the end.", 1...1e9)
    var sampleEvery: Int? = 1000
    @Parameter(help: "Fixes every random choice.", 0...0x1p53) var seed = 321
    @Parameter(help: "What computes gradients: torch, torch:cuda.") var engine = EngineReference.torch
    @Parameter(help: PrecisionReference.help) var precision = PrecisionReference.single
    @Parameter(help: "What computes frozen networks and samples.") var frozenEngine = EngineReference.standard
    @Parameter(
      help: "Compute values anew on the way back instead of keeping them: half the memory, more time.")
    var recompute = false
    @Parameter(help: "Training pairs that are encoded once and learnt from again and again.", 1...1e9)
    var pairs = 20000
    @Parameter(help: "What of a reference is told: class is the paper's bottleneck.") var tokens = Tokens
      .class
    @Parameter(help: "Probability of a batch without its references.", 0...1) var drop = 0.2
    @Parameter(
      help:
        "Signal-to-noise ratio above which a pair counts less (5, say); null: all count alike, as in the paper.",
      1e-3...1e6)
    var signalLimit: Double? = nil
    @Parameter(
      help: "Which latents are learnt to be painted: samples of the posterior, as in the paper, or its mean.")
    var target = Target.sample
    @Parameter(help: "A model whose denoiser is begun with instead, of Stable Diffusion's kind.")
    var prior: ModelReference? = nil
    @Parameter(help: "Steps of the sampler for sheets of samples.", 1...1000) var sampleSteps = 20

    func conflict() -> ParameterConflict? {
      prior != nil && start == .scratch
        ? ParameterConflict("prior", "a denoiser that starts from scratch has no prior") : nil
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard let size = inputs[Self.examples]?.sizes["size"] else { return Estimate() }
    return Estimate(
      workingBytes: try TrainingMemory.bytes(
        denoiserOf: DiffusionModel(path: parameters.model.path), batch: parameters.batch, size: size,
        tokens: parameters.tokens == .class ? .classToken : .allTokens))
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let examples = try inputs[Self.examples]
    let plan = try await parameters.plan(
      (examples.data, (try inputs[Self.samples] ?? examples).data), context)
    let training = try training(plan)
    return StageOutputs(
      Self.report,
      try await trained(plan, context) { try await training.run(runtime, progress: $0) })
  }

  // Not inlined: Swift 6.3's optimizer crashes on typed errors in a coroutine.
  @inline(never)
  private func training(_ plan: TrainingPlan) throws -> DenoiserTraining {
    DenoiserTraining(
      plan, pairCount: parameters.pairs, tokens: parameters.tokens == .class ? .classToken : .allTokens,
      dropRate: parameters.drop, signalLimit: parameters.signalLimit,
      target: parameters.target == .sample ? .sample : .mean,
      prior: try parameters.prior.map { try DiffusionModel(path: $0.path) },
      sampleSteps: parameters.sampleSteps)
  }
}
