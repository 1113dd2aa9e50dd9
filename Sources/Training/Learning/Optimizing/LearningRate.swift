import Foundation

/// How the optimizer's rate changes from step to step: a linear warm-up, and what comes after it.
package struct LearningRate: Sendable, Hashable {
  /// What comes after the warm-up.
  package enum Schedule: Sendable, Hashable {
    /// The full rate to the end, as in the paper.
    case constant
    /// Half a cosine from the full rate down to zero, which would be reached one step after so many in all, those
    /// of the warm-up included.
    case cosine(steps: Int)
  }

  /// How many steps the warm-up takes: step n of them (from 1 on) has n of so many parts of the full rate.
  package var warmUp: Int
  /// What comes after the warm-up.
  package var schedule: Schedule

  /// A schedule, constant and without a warm-up unless said otherwise.
  package init(warmUp: Int = 0, schedule: Schedule = .constant) {
    self.warmUp = warmUp
    self.schedule = schedule
  }

  /// What the full rate is multiplied by in a step, from 0 to 1.
  ///
  /// - Parameter step: counted from 1 on.
  package func factor(at step: Int) -> Double {
    if step <= warmUp { return Double(step) / Double(warmUp) }
    guard case .cosine(let steps) = schedule else { return 1 }
    // The first step after the warm-up has the full rate.
    let progress = Double(step - 1 - warmUp) / Double(max(steps - warmUp, 1))
    return (1 + cos(.pi * min(progress, 1))) / 2
  }
}
