import Diffusion
import PipelineKit
import Training

/// Trains a model's autoencoder on whole pictures.
struct TrainAutoencoder: Stage {
  static let name = "train.autoencoder"
  static let version = 2
  static let summary = "Trains a model's autoencoder on whole pictures."
  static let discussion = """
    Pictures are to come back from their latents: the loss is the mean absolute difference of pixels and of their
    neighbours' differences, plus the latents' divergence from a normal distribution times `divergence` (Rombach et al.
    2022, without their losses of perception and of an adversary). At the end `scaling_factor` is measured.
    `part` decoder teaches the decoder alone to draw better: latents and `scaling_factor` stay, so that a denoiser that was
    trained on them needs no training anew.
    """
  static let inputs = TrainingPorts.inputs
  static let outputs = TrainingPorts.outputs
  // Checkpoints and model lie in its folder, which says how far it is.
  static let isPure = false

  enum Part: String, ParameterChoice { case whole, decoder }

  struct Parameters: StageParameters {
    @ParameterGroup var training: TrainingParameters
    @Parameter(help: "Width and height in pixels of the squares that are learnt from.", 8...4096) var side =
      64
    @Parameter(help: "Weight of the latents' divergence from the normal distribution.", 0...1e3)
    var divergence = 1e-4
    @Parameter(
      help: "What learns: the whole autoencoder, or the decoder alone, for the latents that there are.")
    var part = Part.whole

    func conflict() -> ParameterConflict? {
      if part == .decoder, training.start == .scratch {
        return ParameterConflict(
          "part", "a decoder learns from the latents of a trained encoder: set start to model")
      }
      return training.conflict { model, faults in
        faults.attempt { try model.autoencoder() }
      }
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate(
      workingBytes: try TrainingMemory.bytes(
        autoencoderOf: DiffusionModel(path: parameters.training.model.path), batch: parameters.training.batch,
        side: parameters.side))
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let plan = try await parameters.training.plan(inputs, context)
    let training = AutoencoderTraining(
      plan, side: parameters.side, divergenceWeight: parameters.divergence,
      part: parameters.part == .decoder ? .decoder : .whole)
    return try await trained(plan, context) { try await training.run(runtime, progress: $0) }
  }
}
