import Foundation

/// Probabilities of being beyond a value, with full relative precision far out.
enum Distributions {
  /// The normal distribution's probability up to `value`.
  static func normal(upTo value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }

  /// The probability that a normal variable is farther from 0 than `value`, on either side.
  static func normal(beyond value: Double) -> Double { erfc(abs(value) / 2.0.squareRoot()) }

  /// The chi-squared distribution's probability above `value`.
  ///
  /// Q(a, x) for whole and half a, by Q(a + 1, x) = Q(a, x) + xᵃ e⁻ˣ / Γ(a + 1), whose terms are all positive.
  static func chiSquared(above value: Double, degreesOfFreedom: Int) -> Double {
    let x = max(0, value) / 2
    var (a, sum) = degreesOfFreedom.isMultiple(of: 2) ? (1, exp(-x)) : (0.5, erfc(x.squareRoot()))
    while a < Double(degreesOfFreedom) / 2 {
      sum += pow(x, a) * exp(-x) / tgamma(a + 1)
      a += 1
    }
    return sum
  }

  /// The probability that the range of `count` independent standard normal variables exceeds `range`: the studentized
  /// range's with infinitely many degrees of freedom.
  ///
  /// k ∫ φ(z) (Φ(z)ᵐ - (Φ(z) - Φ(z - q))ᵐ) dz, m = k - 1. The difference of powers is the sum of products
  /// Φ(z - q) Φ(z)ⁱ (Φ(z) - Φ(z - q))ᵐ⁻¹⁻ⁱ, none of which is negative, so that nothing cancels for a large range. The
  /// trapezoidal rule converges faster than any power of its step for such an integrand.
  static func range(above range: Double, count: Int) -> Double {
    guard range > 0 else { return 1 }
    let (step, margin) = (0.05, 10.0)
    var sum = 0.0
    for index in 0...Int((range + 2 * margin) / step) {
      let z = Double(index) * step - margin
      let (below, far) = (normal(upTo: z), normal(upTo: z - range))
      var (products, power) = (0.0, 1.0)
      // Horner's rule, from i = 0.
      for _ in 1..<count {
        products = products * (below - far) + power
        power *= below
      }
      sum += exp(-z * z / 2) * far * products
    }
    return min(1, Double(count) * sum * step / (2 * Double.pi).squareRoot())
  }

  /// The range that is exceeded with that probability, which is between 0 and 1.
  static func range(exceededWith probability: Double, count: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    while range(above: high, count: count) > probability { (low, high) = (high, 2 * high) }
    while true {
      let middle = (low + high) / 2
      guard low < middle, middle < high else { return middle }
      if range(above: middle, count: count) > probability { low = middle } else { high = middle }
    }
  }
}
