import Foundation
import Diffusion
import PipelineKit
import Synchronization
import Tensors
import Training

/// How the learning rate goes after its warm-up.
enum RateCourse: String, ParameterChoice { case constant, cosine }

/// What a network begins with.
enum TrainingStart: String, ParameterChoice { case model, scratch }

/// What the trainings of all networks are told.
protocol TrainingParameters: StageParameters {
  var model: UntrainedModelReference { get }
  var folder: OutputPath { get }
  var start: TrainingStart { get }
  var steps: Int { get }
  var batch: Int { get }
  var accumulation: Int { get }
  var rate: Double { get }
  var warmUp: Int { get }
  var course: RateCourse { get }
  var weightDecay: Double { get }
  var gradientLimit: Double? { get }
  var average: Double? { get }
  var averageEvery: Int { get }
  var checkpointEvery: Int { get }
  var keep: Int { get }
  var sampleEvery: Int? { get }
  var seed: Int { get }
  var engine: EngineReference { get }
  var precision: PrecisionReference { get }
  var frozenEngine: EngineReference { get }
  var recompute: Bool { get }
}

extension TrainingParameters {
  var settings: TrainerSettings {
    get throws {
      try TrainerSettings(
        steps: steps, optimizer: AdamW(rate: rate, weightDecay: weightDecay),
        learningRate: LearningRate(
          warmUp: warmUp, course: course == .constant ? .constant : .cosine(steps: steps)),
        gradientLimit: gradientLimit, accumulation: accumulation,
        average: average.map { MovingAverage(decay: $0, interval: averageEvery) },
        scalesLoss: precision.value == .f16, checkpointInterval: checkpointEvery, checkpointCount: keep,
        sampleInterval: sampleEvery)
    }
  }

  /// The plan of a training with these parameters. Of several processes on a machine, each has a GPU of its own.
  func plan(_ inputs: (data: any TrainingData, samples: any TrainingData), _ context: StageContext)
    async throws
    -> TrainingPlan
  {
    let processes = try context.services.get(TrainingProcesses.self)
    var arithmetic = try engine.arithmetic(precision)
    if arithmetic.engine == "torch:cuda", let number = processes.localRank {
      arithmetic.engine += ":\(number)"
    }
    let runtime = try context.services.get(DiffusionRuntime.self)
    var plan = TrainingPlan(
      model: try await runtime.model(at: model.path), folder: folder.url, settings: try settings,
      batchSize: batch, startsFromScratch: start == .scratch, seed: seed, arithmetic: arithmetic,
      frozenArithmetic: Arithmetic(.f32, engine: frozenEngine.word), data: inputs.data,
      samples: inputs.samples)
    plan.exchange = processes.exchange
    plan.recomputes = recompute
    return plan
  }
}

/// Says in the log how a training goes, not oftener than a log can be read.
final class TrainingNarrator: Sendable {
  private let context: StageContext
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  init(_ context: StageContext) { self.context = context }

  func tell(_ progress: TrainingProgress) {
    let metrics = progress.metrics
    context.monitor.report(metrics.step, of: progress.steps, unit: "step")
    let isDue = last.withLock { last in
      let now = ContinuousClock.now
      guard last.map({ $0.duration(to: now) >= .seconds(30) }) ?? true else { return false }
      last = now
      return true
    }
    guard isDue || metrics.step == progress.steps else { return }
    let parts = [
      "loss \(rounded(Double(metrics.loss)))", "rate \(rounded(metrics.learningRate))",
      "\(rounded(metrics.examplesPerSecond)) examples/s", "\(Int(progress.secondsLeft / 60) + 1) min left",
    ]
    context.log(.info, "step \(metrics.step) of \(progress.steps): " + parts.joined(separator: ", "))
  }

  private func rounded(_ number: Double) -> String { String(format: "%.4g", number) }
}

/// Runs a training and says how it goes and how it ended.
func trained(
  _ plan: TrainingPlan, _ context: StageContext,
  _ train: (@escaping @Sendable (TrainingProgress) -> Void) async throws -> TrainingOutcome
) async throws -> Report {
  let narrator = TrainingNarrator(context)
  do {
    guard case .finished = try await train({ narrator.tell($0) }) else { throw CancellationError() }
  } catch let error as TrainingError {
    throw StageFailure("\(error)")
  }
  let model = plan.result.path(percentEncoded: false)
  context.log(.info, "the model is in \(model)")
  return Report(json: ["steps": JSONValue(plan.settings.steps), "model": .string(model)])
}
