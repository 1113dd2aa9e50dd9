import Diffusion
import PipelineKit
import Training

/// Distils a denoiser to paint in few steps.
struct TrainDistillation: Stage {
  static let name = "train.distillation"
  static let version = 1
  static let summary =
    "Distils a denoiser to paint in 2 to 8 steps without guidance: latent consistency distillation."
  static let discussion = """
    Song et al. 2023; Luo et al. 2023. The learner begins with the teacher's weights, and is to find the same picture
    from latents before and after a step that the teacher takes with `guidance`: so guidance of that scale becomes part
    of it, and half of each step's work goes. Mapper, autoencoder and vision tower stay as they are; pairs are encoded
    once, in the folder `latents`. Any Paint by Example model is a teacher, whether it predicts noise or velocity.

    The model that comes of it says in its schedule that its sampler is lcm: paint with `steps` 4 and `guidance` 1.
    """
  static let inputs = TrainingPorts.inputs
  static let outputs = TrainingPorts.outputs
  // Checkpoints and model lie in its folder, which says how far it is.
  static let isPure = false

  struct Parameters: StageParameters {
    @ParameterGroup var training = TrainingParameters {
      ($0.start, $0.steps, $0.batch, $0.rate) = (.model, 10_000, 16, 1e-5)
      ($0.warmUp, $0.schedule, $0.average) = (500, .constant, 0.99)
    }
    @Parameter(help: "Training pairs that are encoded once and learnt from again and again.", 1...1e9)
    var pairs = 20000
    @Parameter(help: "What of a reference conditions the denoiser.") var tokens = TrainingTokens.class
    @Parameter(help: "The teacher's guidance scale, which becomes part of the learner.", 0...100)
    var guidance = 5.0
    @Parameter(help: "Steps of the teacher, between which the learner is consistent.", 2...1000)
    var teacherSteps = 50
    @Parameter(
      help: "Which latents are learnt to be painted: samples of the posterior, as in the paper, or its mean.")
    var target = TrainingTarget.sample

    func conflict() -> ParameterConflict? {
      if training.start == .scratch {
        return ParameterConflict("start", "a distillation starts from the model that is distilled")
      }
      return training.conflict { model, faults in
        faults.attempt { try model.unet() }
        faults.attempt { try model.autoencoder() }
        faults.attempt { try model.exemplarEncoder() }
        faults.attempt { try model.preprocessing() }
        guard let schedule = faults.attempt({ try model.schedule }) else { return }
        if let fault = DenoiserDistillation.fault(of: schedule, teacherSteps: teacherSteps) {
          faults.add(fault)
        }
      }
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard let size = inputs[TrainingPorts.examples]?.sizes["size"] else { return Estimate() }
    return Estimate(
      workingBytes: try TrainingMemory.bytes(
        distilling: DiffusionModel(path: parameters.training.model.path), batch: parameters.training.batch,
        size: size, tokens: parameters.tokens.value))
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let plan = try await parameters.training.plan(inputs, context)
    let distillation = DenoiserDistillation(
      plan, pairCount: parameters.pairs, tokens: parameters.tokens.value, guidance: parameters.guidance,
      teacherSteps: parameters.teacherSteps, target: parameters.target.value)
    return try await trained(plan, context) { try await distillation.run(runtime, progress: $0) }
  }
}
