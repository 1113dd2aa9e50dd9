import Diffusion
import PipelineKit
import Training

/// Trains a model's autoencoder on whole pictures.
struct TrainAutoencoder: Stage {
  static let name = "train.autoencoder"
  static let summary = "Trains a model's autoencoder on whole pictures."
  static let discussion = """
    Pictures are to come back from their latents: the loss is the mean absolute difference of pixels and of their
    neighbours' differences, plus the latents' divergence from a normal distribution times `divergence` (Rombach et al.
    2022, without their losses of perception and of an adversary). At the end `scaling_factor` is measured.
    """
  static let examples = Input<TrainingExamples>("examples", help: "What is learnt from.")
  static let samples = OptionalInput<TrainingExamples>(
    "samples", help: "What sheets of samples show; what is learnt from unless linked.")
  static let report = Output<Report>("report", help: "Steps, the last loss, and where the model is.")
  static let inputs: [any StagePort] = [examples, samples]
  static let outputs: [any StagePort] = [report]
  // Checkpoints and model lie in its folder, which says how far it is.
  static let isPure = false

  struct Parameters: TrainingParameters {
    @Parameter(help: "The model: the shapes of its networks, and the weights of those that are not trained.")
    var model: UntrainedModelReference
    @Parameter(help: "The folder for checkpoints, metrics, samples and the trained model.") var folder:
      OutputPath
    @Parameter(help: "What the network begins with: the model's weights, or random ones.") var start =
      TrainingStart.scratch
    @Parameter(help: "Steps in all; a training that was interrupted goes on.", 1...1e9) var steps = 4000
    @Parameter(help: "Examples of a step, or of a part of it when gradients are accumulated.", 1...65536)
    var batch = 8
    @Parameter(help: "Batches whose gradients a step averages.", 1...65536) var accumulation = 1
    @Parameter(help: "AdamW's rate, after the warm-up.", 0...1) var rate = 4e-4
    @Parameter(help: "Steps in which the rate grows to its full height.", 0...1e9) var warmUp = 100
    @Parameter(help: "What the rate does then: stay, or fall to nothing along a cosine.") var course =
      RateCourse.cosine
    @Parameter(help: "What weights lose in a step, as a part of the rate.", 0...1) var weightDecay = 0.01
    @Parameter(help: "Longer gradients are shortened to this; null leaves them.", 1e-9...1e9)
    var gradientLimit: Double? = 1
    @Parameter(
      help: "Decay of the weights' moving average, which becomes the model; null keeps none.", 0...0.999999)
    var average: Double? = 0.999
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
    @Parameter(help: "Width and height in pixels of the squares that are learnt from.", 8...4096) var side =
      64
    @Parameter(help: "Weight of the latents' divergence from the normal distribution.", 0...1e3)
    var divergence = 1e-4
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate(
      workingBytes: try TrainingMemory.bytes(
        autoencoderOf: DiffusionModel(path: parameters.model.path), batch: parameters.batch,
        side: parameters.side))
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let examples = try inputs[Self.examples]
    let plan = try await parameters.plan(
      (examples.data, (try inputs[Self.samples] ?? examples).data), context)
    let training = AutoencoderTraining(plan, side: parameters.side, divergenceWeight: parameters.divergence)
    return StageOutputs(
      Self.report,
      try await trained(plan, context) { try await training.run(runtime, progress: $0) })
  }
}
