import Foundation
import Tensors

/// What a step came to.
struct TrainingStepResult {
  var loss: Float
  var rate: Double
  /// Nil when the gradients overflowed in half precision.
  var gradientNorm: Double?
}

extension Trainer {
  /// One step: gradients of the micro-batches, exchanged, clipped, and followed. Until all is known to be finite,
  /// nothing is changed.
  func takeStep(_ step: Int) async throws -> TrainingStepResult {
    let scale = record.lossScale?.factor ?? 1
    let loss = try await accumulate(step, scale: scale)
    guard loss.isFinite else { throw failure("the loss is \(loss)", at: step) }
    try await exchange.averageGradients(of: model)
    let norm = try await model.gradientNorm() / scale
    var optimizer = settings.optimizer
    optimizer.rate *= settings.learningRate.factor(at: step)
    guard norm.isFinite else {
      guard record.lossScale?.fail() == true else {
        throw failure("a gradient is no finite number", at: step)
      }
      return TrainingStepResult(loss: loss, rate: optimizer.rate, gradientNorm: nil)
    }
    // As torch.nn.utils.clip_grad_norm_ does it.
    let clipping = settings.gradientLimit.map { min(1, $0 / (norm + 1e-6)) } ?? 1
    record.updates += 1
    try await model.update(optimizer, step: record.updates, gradientScale: clipping / scale)
    record.lossScale?.succeed()
    try await moveAverage(step)
    return TrainingStepResult(loss: loss, rate: optimizer.rate, gradientNorm: norm)
  }

  /// Accumulates the gradients of the step's micro-batches, averaged and scaled, and gives the mean loss.
  private func accumulate(_ step: Int, scale: Double) async throws -> Float {
    try await model.clearGradients()
    var losses: [Float] = []
    for index in 0..<settings.accumulation {
      let place = BatchPosition(step: step, micro: exchange.rank * settings.accumulation + index)
      let inputs = try await batch(at: place)
      async let upcoming = Self.prepare(following(place), of: batches)
      let outputs = try await model.differentiate(inputs, scale: scale / Double(settings.accumulation))
      losses.append(outputs[loss]!.floats[0])
      pending = try await upcoming
    }
    var mean = [losses.reduce(0, +) / Float(losses.count)]
    try await exchange.average(&mean)
    return mean[0]
  }

  private func batch(at place: BatchPosition) async throws -> [String: Tensor] {
    if let pending, pending.place == place { return pending.inputs }
    return try await batches.inputs(step: place.step, micro: place.micro)
  }

  /// Where this process goes on; nil after the last step.
  private func following(_ place: BatchPosition) -> BatchPosition? {
    let first = exchange.rank * settings.accumulation
    if place.micro + 1 < first + settings.accumulation {
      return BatchPosition(step: place.step, micro: place.micro + 1)
    }
    return place.step < settings.steps ? BatchPosition(step: place.step + 1, micro: first) : nil
  }

  private static func prepare(
    _ place: BatchPosition?, of batches: any BatchSource
  ) async throws -> (place: BatchPosition, inputs: [String: Tensor])? {
    guard let place else { return nil }
    return (place, try await batches.inputs(step: place.step, micro: place.micro))
  }

  private func moveAverage(_ step: Int) async throws {
    guard let rule = settings.average, average != nil, step.isMultiple(of: rule.interval) else { return }
    var weights = ParameterVector(layout)
    try await weights.read(.value, of: model)
    rule.update(&average!, with: weights, update: step / rule.interval)
  }

  /// What stops a training, with what is left of it.
  private func failure(_ what: String, at step: Int) -> TrainingError {
    let checkpoint =
      if let last = try? folder.steps().last {
        "the last good checkpoint is \(folder.checkpoint(of: last).path(percentEncoded: false))"
      } else {
        "there is no checkpoint yet"
      }
    return TrainingError("step \(step): \(what); \(checkpoint). A lower rate or a longer warm-up may help.")
  }
}
