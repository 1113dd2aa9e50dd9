import Foundations
package import Tensors

/// How a network is trained, whatever it is and whatever on.
package struct TrainerSettings: Sendable, Hashable {
  /// Steps in all, those before an interruption included.
  package var steps: Int
  /// The optimizer, with the full rate.
  package var optimizer: AdamW
  /// What becomes of the full rate from step to step.
  package var learningRate: LearningRate
  /// The Euclidean length to which longer gradients are shortened; nil leaves all as they are.
  package var gradientLimit: Double?
  /// Micro-batches of a step in each process: their gradients are averaged.
  package var accumulation: Int
  /// The average of the weights that is kept beside them; nil keeps none.
  package var average: MovingAverage?
  /// Whether losses are scaled, which runs in half precision (not in bfloat16) need.
  package var scalesLoss: Bool
  /// Steps from one checkpoint to the next; the last step has one, too.
  package var checkpointInterval: Int
  /// How many checkpoints are kept, the newest; at least 1.
  package var checkpointCount: Int
  /// Steps from one sheet of samples to the next; nil draws none.
  package var sampleInterval: Int?

  /// One micro-batch a step, a constant rate, gradients of length 1 at most, and no average, unless said otherwise.
  ///
  /// - Throws: `TrainingError` naming the number that cannot be.
  package init(
    steps: Int, optimizer: AdamW, learningRate: LearningRate = LearningRate(), gradientLimit: Double? = 1,
    accumulation: Int = 1, average: MovingAverage? = nil, scalesLoss: Bool = false,
    checkpointInterval: Int = 1000, checkpointCount: Int = 2, sampleInterval: Int? = nil
  ) throws(TrainingError) {
    self.steps = steps
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.gradientLimit = gradientLimit
    self.accumulation = accumulation
    self.average = average
    self.scalesLoss = scalesLoss
    self.checkpointInterval = checkpointInterval
    self.checkpointCount = checkpointCount
    self.sampleInterval = sampleInterval
    try check()
  }

  /// - Throws: `TrainingError` naming the number that cannot be.
  func check() throws(TrainingError) {
    let counts = [
      ("steps", steps), ("accumulation", accumulation), ("checkpointInterval", checkpointInterval),
      ("checkpointCount", checkpointCount), ("sampleInterval", sampleInterval ?? 1),
      ("average.interval", average?.interval ?? 1),
    ]
    for (name, count) in counts where count < 1 {
      throw TrainingError("\(name) is \(count); it must be at least 1")
    }
    guard learningRate.warmUp >= 0 else {
      throw TrainingError("learningRate.warmUp is \(learningRate.warmUp); it must be at least 0")
    }
    if case .cosine(let steps) = learningRate.schedule, steps <= learningRate.warmUp {
      throw TrainingError(
        "learningRate: a cosine over \(steps) steps ends in the warm-up of \(learningRate.warmUp)")
    }
    if let gradientLimit, !(gradientLimit > 0) {
      throw TrainingError("gradientLimit is \(gradientLimit); it must be above 0")
    }
    if let decay = average?.decay, !(0..<1).contains(decay) {
      throw TrainingError("average.decay is \(decay); it must be from 0 up to but not including 1")
    }
  }

  /// What decides the numbers of a training, as it is kept in checkpoints: not how many steps it has, nor when files
  /// are written. Several processes count as so many micro-batches.
  func identity(processCount: Int) -> JSONValue {
    let schedule: JSONValue =
      switch learningRate.schedule {
      case .constant: "constant"
      case .cosine(let steps): ["cosine": JSONValue(steps)]
      }
    return [
      "optimizer": [
        "rate": .number(optimizer.rate), "firstDecay": .number(optimizer.firstDecay),
        "secondDecay": .number(optimizer.secondDecay), "epsilon": .number(optimizer.epsilon),
        "weightDecay": .number(optimizer.weightDecay),
      ],
      "learningRate": ["warmUp": JSONValue(learningRate.warmUp), "course": schedule],
      "gradientLimit": gradientLimit.map { .number($0) } ?? .null,
      "microBatches": JSONValue(accumulation * processCount),
      "average": average.map {
        [
          "decay": .number($0.decay), "rule": .string($0.rule.rawValue), "interval": JSONValue($0.interval),
        ]
      } ?? .null,
      "scalesLoss": .bool(scalesLoss),
    ]
  }
}

/// A training that cannot begin or go on, in words for the person who started it.
package struct TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and what to do about it.
  package let description: String

  /// A training that cannot begin or go on.
  package init(_ description: String) { self.description = description }
}
