/// Which methods differ, after Friedman's test: Nemenyi's comparison of all pairs by the studentized range (Demšar 2006).
/// Ties are not corrected for.
struct NemenyiTest: Sendable {
  private let methods: Int
  /// √(k (k + 1) / 6n), by which mean ranks of equal methods differ.
  private let scale: Double

  init(people: Int, methods: Int) {
    self.methods = methods
    scale = (Double(methods * (methods + 1)) / Double(6 * people)).squareRoot()
  }

  /// The probability that two equal methods, among all that are compared, have mean ranks so far apart.
  func p(difference: Double) -> Double {
    Distributions.range(above: abs(difference) / scale * 2.0.squareRoot(), count: methods)
  }

  /// How far mean ranks are apart with that probability if all methods are equal.
  func criticalDifference(at probability: Double) -> Double {
    Distributions.range(exceededWith: probability, count: methods) * scale / 2.0.squareRoot()
  }
}
