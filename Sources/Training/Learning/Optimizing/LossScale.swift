/// What gradients are multiplied by on their way through half precision, so that small ones are not lost there.
///
/// The factor is halved when a gradient overflows, and that step is not taken; it is doubled after many steps that
/// went well (Micikevicius et al. 2018). It is always a power of two, so that no bit is lost by it.
struct LossScale: Sendable, Hashable {
  /// The present factor.
  private(set) var factor: Double
  /// Steps in a row without overflow.
  private(set) var goodSteps: Int

  /// Steps in a row without overflow after which the factor is doubled.
  static let patience = 2000

  init(factor: Double = 65_536, goodSteps: Int = 0) {
    self.factor = factor
    self.goodSteps = goodSteps
  }

  /// Takes note of a step without overflow.
  mutating func succeed() {
    goodSteps += 1
    guard goodSteps >= Self.patience else { return }
    (factor, goodSteps) = (factor * 2, 0)
  }

  /// Takes note of a step with overflow.
  ///
  /// - Returns: false when the factor cannot become smaller: then it is not the factor that is too large.
  mutating func fail() -> Bool {
    goodSteps = 0
    guard factor > 1 else { return false }
    factor /= 2
    return true
  }
}
