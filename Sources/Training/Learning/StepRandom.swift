import Foundation
import Foundations

/// The random numbers of one micro-batch, decided by seed, step and micro-batch alone: there is no state to keep
/// between steps, so going on after an interruption draws what would have been drawn.
package struct StepRandom: RandomNumberGenerator, Sendable {
  private var generator: SeededGenerator

  /// The stream of that purpose (`noise`, say) for a micro-batch: a draw more in one stream shifts no other.
  ///
  /// - Parameter step: counted from 1 on.
  package init(seed: Int, step: Int, micro: Int, purpose: String) {
    generator = SeededGenerator(seed: seed, stream: "\(purpose) \(step) \(micro)")
  }

  /// The next 64 random bits.
  package mutating func next() -> UInt64 { generator.next() }

  /// A number from 0 up to but not including 1.
  package mutating func uniform() -> Double { generator.uniform() }

  /// Numbers of the standard normal distribution, in pairs by Box and Muller's method.
  package mutating func normal(count: Int) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(count + 1)
    while values.count < count {
      let radius = (-2 * log(1 - generator.uniform())).squareRoot()
      let angle = 2 * Double.pi * generator.uniform()
      values.append(Float(radius * cos(angle)))
      values.append(Float(radius * sin(angle)))
    }
    if values.count > count { values.removeLast() }
    return values
  }
}
