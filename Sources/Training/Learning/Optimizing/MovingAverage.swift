import Foundation

/// How an average of the weights follows them: average ← decay · average + (1 − decay) · weights.
package struct MovingAverage: Sendable, Hashable {
  /// How the decay depends on the number of updates.
  package enum Rule: String, Sendable, Hashable, CaseIterable {
    /// The given decay from the first update on.
    case plain
    /// That of diffusers' `EMAModel` with its own defaults: none at the first update, so that the average begins as the
    /// weights after one step; then (1 + n) / (10 + n), with n updates before this one, until the given decay is
    /// reached.
    case warmUp
  }

  /// What stays of the average in an update, at most.
  package var decay: Double
  /// How the decay depends on the number of updates.
  package var rule: Rule
  /// Steps between updates: reading weights from a GPU after each may take longer than the step.
  package var interval: Int

  /// An average after each step; the rule is diffusers' unless said otherwise.
  package init(decay: Double, rule: Rule = .warmUp, interval: Int = 1) {
    self.decay = decay
    self.rule = rule
    self.interval = interval
  }

  /// The decay of an update.
  ///
  /// - Parameter update: counted from 1 on.
  package func decay(at update: Int) -> Double {
    switch rule {
    case .plain: decay
    case .warmUp: update <= 1 ? 0 : min(Double(update) / Double(9 + update), decay)
    }
  }

  /// Moves an average towards the weights.
  ///
  /// - Parameter update: counted from 1 on.
  func update(_ average: inout ParameterVector, with weights: ParameterVector, update: Int) {
    let share = Float(1 - decay(at: update))
    weights.values.withUnsafeBufferPointer { weights in
      average.values.withUnsafeMutableBufferPointer { average in
        precondition(average.count == weights.count, "an average of other weights")
        for index in 0..<average.count { average[index] -= share * (average[index] - weights[index]) }
      }
    }
  }
}
