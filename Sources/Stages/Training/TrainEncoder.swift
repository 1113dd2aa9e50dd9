import Diffusion
import PipelineKit
import Training

/// Trains a model's image encoder to tell objects apart.
struct TrainEncoder: Stage {
  static let name = "train.encoder"
  static let version = 2
  static let summary = "Trains a model's image encoder to tell objects apart."
  static let discussion = """
    Two views of each of a batch's objects go through the vision tower; their class tokens are to be more similar to
    each other than to any other's (the symmetric loss of Radford et al. 2021 between two pictures, as Chen et al. 2020
    have it). Mapper and projection are not trained here: `train.denoiser` does that.
    """
  static let inputs = TrainingPorts.inputs
  static let outputs = TrainingPorts.outputs
  // Checkpoints and model lie in its folder, which says how far it is.
  static let isPure = false

  struct Parameters: StageParameters {
    @ParameterGroup var training = TrainingParameters {
      ($0.steps, $0.batch, $0.rate, $0.average) = (2000, 64, 5e-4, 0.995)
    }
    @Parameter(help: "Similarities are divided by this.", 0.01...10) var temperature = 0.1

    func conflict() -> ParameterConflict? {
      training.conflict { model, faults in
        faults.attempt { try model.exemplarEncoder() }
        faults.attempt { try model.preprocessing() }
      }
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate(
      workingBytes: try TrainingMemory.bytes(
        encoderOf: DiffusionModel(path: parameters.training.model.path), batch: parameters.training.batch))
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let plan = try await parameters.training.plan(inputs, context)
    let training = EncoderTraining(plan, temperature: parameters.temperature)
    return try await trained(plan, context) { try await training.run(runtime, progress: $0) }
  }
}
