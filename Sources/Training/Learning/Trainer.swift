package import Foundation
package import Foundations
import Synchronization
package import Tensors

/// Trains a network in a folder, from where the folder's newest checkpoint left off.
///
/// ```swift
/// let model = try await engine.compile(graph, differentiating: "loss", options: .init(precision: .f32))
/// let trainer = try await Trainer(model, on: batches, settings: settings, folder: folder)
/// switch try await trainer.run(progress: { print($0.metrics.loss) }) { … }
/// ```
///
/// The same settings on the same engine and device give the same losses, however often the training was interrupted,
/// if only by `kill -9`: what was done since the last checkpoint is then done again. Cancelling the task ends it with a
/// checkpoint after the step under way.
package actor Trainer {
  /// The layout of the parameters.
  package let layout: ParameterLayout
  /// Steps done.
  package var step: Int { record.step }

  let model: any GradientExecutable
  let batches: any BatchSource
  let settings: TrainerSettings
  let exchange: any GradientExchange
  let folder: TrainingFolder
  let loss: String
  var record: TrainingRecord
  var average: ParameterVector?
  /// A batch made ahead.
  var pending: (place: BatchPosition, inputs: [String: Tensor])?
  /// What is known of the last step done.
  private var last: TrainingMetrics?
  private var log: MetricsLog?
  /// The time of a step, in seconds, averaged over the last ones.
  private var pace: Double?

  private let executor = QueueExecutor(label: "Training")
  /// A thread of its own: checkpoints and averages of large networks take seconds.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Prepares a training, or takes up the one in the folder.
  ///
  /// - Parameters:
  ///   - folder: gets `checkpoints/`, `metrics.jsonl` and `loss.svg`.
  ///   - subject: all else that decides the numbers: the network, its start, the batches and its seed. A checkpoint made
  ///     with another is refused.
  ///   - loss: the output that gradients are taken of.
  /// - Throws: `TrainingError` when the checkpoint is of other settings, saying which; when another process trains in
  ///   the folder; when other processes train something else; or when the model cannot be trained.
  package init(
    _ model: any GradientExecutable, on batches: any BatchSource, settings: TrainerSettings, folder: URL,
    subject: JSONValue = [:], exchange: any GradientExchange = SingleProcess(), loss: String = "loss"
  ) async throws {
    try settings.check()
    guard let type = model.outputs[loss], type.elementCount == 1 else {
      throw TrainingError("the graph has no output '\(loss)' of one number to be the loss")
    }
    (self.model, self.batches, self.settings, self.exchange, self.loss) = (
      model, batches, settings, exchange, loss
    )
    layout = try ParameterLayout(model.parameters)
    self.folder = try TrainingFolder(folder, writes: exchange.rank == 0)
    let identity: JSONValue = [
      "trainer": settings.identity(processCount: exchange.processCount),
      "batchSize": JSONValue(batches.batchSize), "subject": subject,
    ]
    record = TrainingRecord(settings: identity, lossScale: settings.scalesLoss ? LossScale() : nil)
    if let step = try self.folder.steps().last {
      try await resume(at: step)
    } else if settings.average != nil {
      average = try await state(.weights)
    }
    last = try MetricsLog.read(self.folder.metrics).last { $0.step == record.step }
    try await checkAgreement()
    if exchange.rank == 0 { log = try MetricsLog(self.folder.metrics, goingOnAfter: record.step) }
  }

  /// Trains until all steps are done or the task is cancelled.
  ///
  /// - Parameters:
  ///   - progress: hears of every step.
  ///   - samples: is waited for every `sampleInterval` steps, to draw a sheet with the weights it is given.
  /// - Throws: `TrainingError` naming the step whose loss or gradient is no finite number; what the batches, the engine
  ///   or `samples` throws. The last checkpoint then stays as it is.
  package func run(
    progress: @escaping @Sendable (TrainingProgress) -> Void = { _ in },
    samples: (@Sendable (TrainingSnapshot) async throws -> Void)? = nil
  ) async throws -> TrainingOutcome {
    let interruption = TrainingStop()
    // A task of their own, never cancelled: a step under way is finished, and a checkpoint written, whole.
    let steps = Task { try await self.train(until: interruption, progress, samples) }
    return try await withTaskCancellationHandler {
      try await steps.value
    } onCancel: {
      interruption.request()
    }
  }

  private func train(
    until interruption: TrainingStop, _ progress: @Sendable (TrainingProgress) -> Void,
    _ samples: (@Sendable (TrainingSnapshot) async throws -> Void)?
  ) async throws -> TrainingOutcome {
    while record.step < settings.steps {
      // Of several processes, all stop when one is asked to.
      var requests: [Float] = [interruption.isRequested ? 1 : 0]
      try await exchange.average(&requests)
      if requests[0] > 0 {
        try await save()
        return .interrupted(step: record.step)
      }
      let metrics = try await measured { step in try await takeStep(step) }
      guard exchange.rank == 0 else { continue }
      try log?.append(metrics)
      progress(
        TrainingProgress(
          metrics: metrics, steps: settings.steps,
          secondsLeft: Double(settings.steps - metrics.step) * (pace ?? 0)))
      if metrics.step.isMultiple(of: settings.checkpointInterval) { try await save() }
      if let samples, let interval = settings.sampleInterval, metrics.step.isMultiple(of: interval) {
        try await samples(snapshot())
      }
    }
    try await save()
    return .finished(last: last)
  }

  /// The weights as they are, to look at or to make a model of.
  package func snapshot() async throws -> TrainingSnapshot {
    var weights = ParameterVector(layout)
    try await weights.read(.value, of: model)
    return TrainingSnapshot(step: record.step, weights: weights, average: average)
  }

  /// Takes a step, and the time it takes.
  private func measured(_ take: (Int) async throws -> TrainingStepResult) async throws -> TrainingMetrics {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try await take(record.step + 1)
    let seconds = (clock.now - start) / .seconds(1)
    record.step += 1
    record.seconds += seconds
    pace = pace.map { 0.9 * $0 + 0.1 * seconds } ?? seconds
    let examples = batches.batchSize * settings.accumulation * exchange.processCount
    let metrics = TrainingMetrics(
      step: record.step, loss: result.loss, learningRate: result.rate, gradientNorm: result.gradientNorm,
      examplesPerSecond: Double(examples) / seconds, seconds: record.seconds)
    last = metrics
    return metrics
  }
}

/// Whether a training was asked to stop.
private final class TrainingStop: Sendable {
  private let flag = Atomic(false)

  var isRequested: Bool { flag.load(ordering: .relaxed) }
  func request() { flag.store(true, ordering: .relaxed) }
}
