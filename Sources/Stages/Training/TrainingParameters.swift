import Foundation
import Diffusion
import PipelineKit
import Synchronization
import Tensors
import Training

/// How the learning rate changes after its warm-up.
enum RateSchedule: String, ParameterChoice { case constant, cosine }

/// What a network begins with.
enum TrainingStart: String, ParameterChoice { case model, scratch }

/// What of a reference conditions a denoiser.
enum TrainingTokens: String, ParameterChoice {
  case `class`, all

  var value: ExemplarTokens { self == .class ? .classToken : .allTokens }
}

/// Which latents of a picture a denoiser is to find.
enum TrainingTarget: String, ParameterChoice {
  case sample, mean

  var value: TargetLatents { self == .sample ? .sample : .mean }
}

/// What a training is linked to, whichever network is trained.
enum TrainingPorts {
  static let examples = Input<TrainingExamples>("examples", help: "What is learnt from.")
  static let samples = OptionalInput<TrainingExamples>(
    "samples", help: "What sheets of samples show; what is learnt from unless linked.")
  static let report = Output<Report>("report", help: "Steps, the last loss, and where the model is.")
  static let inputs: [any StagePort] = [examples, samples]
  static let outputs: [any StagePort] = [report]
}

/// How a network is trained, whichever it is.
struct TrainingParameters: StageParameters {
  @Parameter(help: "The model: the shapes of its networks, and the weights of those that are not trained.")
  var model: UntrainedModelReference
  @Parameter(help: "The folder for checkpoints, metrics, samples and the trained model.")
  var folder: OutputPath
  @Parameter(help: "What the network begins with: the model's weights, or random ones.")
  var start = TrainingStart.scratch
  @Parameter(help: "Steps in all; a training that was interrupted goes on.", 1...1e9) var steps = 4000
  @Parameter(help: "Examples of a step, or of a part of it when gradients are accumulated.", 1...65536)
  var batch = 8
  @Parameter(help: "Batches whose gradients a step averages.", 1...65536) var accumulation = 1
  @Parameter(help: "AdamW's rate, after the warm-up.", 0...1) var rate = 4e-4
  @Parameter(help: "Steps in which the rate grows to its full height.", 0...1e9) var warmUp = 100
  @Parameter(
    help: "What the rate does after the warm-up: stay, or fall to nothing along a cosine.",
    formerly: ["course"])
  var schedule = RateSchedule.cosine
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
  @Parameter(help: "Arithmetic of frozen networks and samples.") var frozenPrecision = PrecisionReference
    .single
  @Parameter(
    help: "Compute values anew on the way back instead of keeping them: half the memory, more time.")
  var recompute = false
}

extension TrainingParameters {
  /// These defaults in place of the group's.
  init(_ change: (inout Self) -> Void) {
    self.init()
    change(&self)
  }

  /// What cannot be, whichever network is trained, or else what is wrong with the model's configurations.
  func conflict(_ check: (DiffusionModel, inout ModelFaults) -> Void) -> ParameterConflict? {
    if schedule == .cosine, steps <= warmUp {
      return ParameterConflict(
        "warmUp", "a warm-up of \(warmUp) steps leaves none of \(steps) for the cosine to fall in")
    }
    return model.conflict(check)
  }

  var settings: TrainerSettings {
    get throws {
      try TrainerSettings(
        steps: steps, optimizer: AdamW(rate: rate, weightDecay: weightDecay),
        learningRate: LearningRate(
          warmUp: warmUp, schedule: schedule == .constant ? .constant : .cosine(steps: steps)),
        gradientLimit: gradientLimit, accumulation: accumulation,
        average: average.map { MovingAverage(decay: $0, interval: averageEvery) },
        scalesLoss: precision.value == .f16, checkpointInterval: checkpointEvery, checkpointCount: keep,
        sampleInterval: sampleEvery)
    }
  }

  /// The plan of a training with these parameters. Of several processes on a machine, each has a GPU of its own.
  func plan(_ inputs: StageInputs, _ context: StageContext) async throws -> TrainingPlan {
    let examples = try inputs[TrainingPorts.examples]
    let samples = try inputs[TrainingPorts.samples] ?? examples
    let processes = try context.services.get(TrainingProcesses.self)
    var compute = try engine.compute(precision)
    if compute.engine == "torch:cuda", let number = processes.localRank {
      compute.engine += ":\(number)"
    }
    let runtime = try context.services.get(DiffusionRuntime.self)
    var plan = TrainingPlan(
      model: try await runtime.model(at: model.path), folder: folder.url, settings: try settings,
      batchSize: batch, startsFromScratch: start == .scratch, seed: seed, compute: compute,
      frozenCompute: try frozenEngine.compute(frozenPrecision), data: examples.data,
      samples: samples.data)
    plan.exchange = processes.exchange
    plan.recomputes = recompute
    return plan
  }
}

/// Says in the log how a training goes, not oftener than a log can be read.
final class TrainingLog: Sendable {
  private let context: StageContext
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  init(_ context: StageContext) { self.context = context }

  func write(_ progress: TrainingProgress) {
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
) async throws -> StageOutputs {
  let log = TrainingLog(context)
  let last: TrainingMetrics?
  do {
    guard case .finished(let metrics) = try await train({ log.write($0) }) else {
      throw CancellationError()
    }
    last = metrics
  } catch let error as TrainingError {
    throw StageFailure("\(error)")
  }
  let model = plan.result.path(percentEncoded: false)
  context.log(.info, "the model is in \(model)")
  let report = Report(json: [
    "steps": JSONValue(plan.settings.steps), "loss": last.map { .number(Double($0.loss)) } ?? .null,
    "model": .string(model),
  ])
  return StageOutputs(TrainingPorts.report, report)
}
