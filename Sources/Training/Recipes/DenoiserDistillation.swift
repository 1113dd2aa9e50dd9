package import Diffusion
import Foundation
import Foundations
import Tensors

/// Distils a denoiser to paint in few steps: latent consistency distillation, with guidance of one scale made part of it.
///
/// Mapper, autoencoder and vision tower stay as they are. See `ConsistencyObjective` for the sources. The model that comes
/// of it names `lcm` as its sampler, and is run with a guidance of 1.
package struct DenoiserDistillation: Sendable {
  /// How and where; the plan's model is the teacher, and what the learner begins with.
  package var plan: TrainingPlan
  /// Training pairs that are encoded once and learnt from again and again.
  package var pairCount: Int
  /// What of a reference conditions the denoiser.
  package var tokens: ExemplarTokens
  /// The teacher's guidance scale.
  package var guidance: Double
  /// Steps of the teacher, between which the learner is to be consistent.
  package var teacherSteps: Int
  /// Which latents are learnt to be painted.
  package var target: TargetLatents

  /// A distillation.
  package init(
    _ plan: TrainingPlan, pairCount: Int, tokens: ExemplarTokens = .classToken, guidance: Double = 5,
    teacherSteps: Int = 50, target: TargetLatents = .sample
  ) {
    (self.plan, self.pairCount, self.tokens) = (plan, pairCount, tokens)
    (self.guidance, self.teacherSteps, self.target) = (guidance, teacherSteps, target)
  }

  /// What keeps a model from being distilled in so many of the teacher's steps; nil when nothing does.
  package static func fault(of schedule: SchedulerConfiguration, teacherSteps: Int) -> String? {
    if schedule.sampler == .lcm {
      return "it was distilled already; the teacher is a model that paints in many steps"
    }
    guard (2...schedule.trainStepCount).contains(teacherSteps) else {
      return "the teacher takes from 2 to \(schedule.trainStepCount) steps, not \(teacherSteps)"
    }
    return nil
  }

  /// Distils, writes checkpoints and, at the end, the model.
  package func run(
    _ runtime: DiffusionRuntime, progress: @escaping @Sendable (TrainingProgress) -> Void
  ) async throws -> TrainingOutcome {
    guard !plan.startsFromScratch else {
      throw TrainingError("a distillation starts from the model that is distilled, not from scratch")
    }
    if let fault = Self.fault(of: try plan.model.schedule, teacherSteps: teacherSteps) {
      throw TrainingError(fault)
    }
    let model = plan.model
    let training = DenoiserTraining(plan, pairCount: pairCount, tokens: tokens, target: target)
    let teacher = try await DenoiserRecipe(training, model.unet(), model.exemplarEncoder(), runtime)
    return try await plan.run(
      DistillationRecipe(self, teacher), runtime: runtime, progress: progress)
  }
}

private struct DistillationRecipe: TrainingRecipe {
  let distillation: DenoiserDistillation
  /// The pairs and the weights of the teacher's own training.
  let teacher: DenoiserRecipe
  let subject: JSONValue

  private var plan: TrainingPlan { distillation.plan }

  init(_ distillation: DenoiserDistillation, _ teacher: DenoiserRecipe) throws {
    (self.distillation, self.teacher) = (distillation, teacher)
    let digests = try distillation.plan.model.weights(of: .unet).files.map { file in
      JSONValue.string(try ContentDigest(ofFile: URL(filePath: file)).description)
    }
    subject = [
      "network": "distilled denoiser", "teacher": .array(digests), "pairs": teacher.subject,
      "guidance": .number(distillation.guidance), "teacherSteps": JSONValue(distillation.teacherSteps),
    ]
  }

  func graph() throws -> Graph {
    try ConsistencyObjective(teacher.unet, teacher.encoder, guidance: Float(distillation.guidance)).graph(
      learner: TrainedWeights(teacher.unetStart), teacher: teacher.unetStart, encoder: teacher.encoderStart,
      batch: plan.batchSize, height: teacher.latentShape[1], width: teacher.latentShape[2],
      tokens: teacher.tokenCount)
  }

  var batches: any BatchSource {
    ConsistencyBatches(
      batchSize: plan.batchSize, cache: teacher.cache, order: teacher.order, unet: teacher.unet,
      distillation: ConsistencySchedule(teacher.schedule, steps: distillation.teacherSteps),
      latentShape: teacher.latentShape,
      tokenShape: [teacher.tokenCount, teacher.encoder.configuration.width],
      microBatches: plan.microBatches, seed: plan.seed)
  }

  func trained(_ vector: ParameterVector) async throws -> TrainedComponents {
    TrainedComponents(
      weights: [.unet: teacher.unetStart.replacing(try vector.checkpoint())],
      settings: [
        "scheduler/scheduler_config.json": try plan.model.distilledSchedule(steps: distillation.teacherSteps)
      ])
  }

  /// In each row the scene with its hole, the reference, what is painted in 1, 2, 4 and 8 steps, and what was there.
  func sheet(_ model: DiffusionModel, _ runtime: DiffusionRuntime) async throws -> Data {
    let counts = [1, 2, 4, 8].filter { $0 <= distillation.teacherSteps }
    var grid = PictureGrid(columns: 3 + counts.count, side: plan.samples.size)
    for index in 0..<6 {
      let pair = try plan.samples.pair(plan.samples.wrapped(index))
      grid.add(try pair.scene.planes())
      try grid.add(pair.reference)
      for steps in counts {
        let painting = teacher.painting(steps: steps, guidance: 1, model, runtime)
        grid.add(try await painting.picture(of: pair, seed: index))
      }
      grid.add(try pair.target.planes())
    }
    return try grid.png()
  }
}
