/// What is known of a step: a line of `metrics.jsonl`.
package struct TrainingMetrics: Sendable, Hashable, Codable {
  /// Counted from 1 on.
  package var step: Int
  /// The mean over the step's micro-batches, of all processes.
  package var loss: Float
  /// The optimizer's rate.
  package var learningRate: Double
  /// The Euclidean length of all gradients before they were clipped; nil when they overflowed in half precision, for
  /// which the step changed no weight.
  package var gradientNorm: Double?
  /// Examples learnt from in a second, of all processes.
  package var examplesPerSecond: Double
  /// Time since the training began, in seconds; interruptions do not count.
  package var seconds: Double

  /// What is known of a step.
  package init(
    step: Int, loss: Float, learningRate: Double, gradientNorm: Double?, examplesPerSecond: Double,
    seconds: Double
  ) {
    self.step = step
    self.loss = loss
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
    self.examplesPerSecond = examplesPerSecond
    self.seconds = seconds
  }
}

/// How far a training is.
package struct TrainingProgress: Sendable, Hashable {
  /// The step just done.
  package var metrics: TrainingMetrics
  /// Steps in all.
  package var steps: Int
  /// How long it may still take, in seconds, at the pace of the last steps.
  package var secondsLeft: Double
}

/// The weights of a training after a step.
package struct TrainingSnapshot: Sendable {
  /// Steps done.
  package var step: Int
  /// The weights as they are.
  package var weights: ParameterVector
  /// Their moving average; nil when none is kept.
  package var average: ParameterVector?
}

/// How a training ended.
package enum TrainingOutcome: Sendable, Hashable {
  /// All steps are done. With what is known of the last; nil when that was before this training and its log is gone.
  case finished(last: TrainingMetrics?)
  /// Its task was cancelled after so many steps; the next training in the same folder goes on from there.
  case interrupted(step: Int)

  /// Whether all steps are done.
  package var isFinished: Bool { if case .finished = self { true } else { false } }
}
