/// Whether people rank methods differently than chance would: Friedman's test, corrected for ties, and Kendall's
/// coefficient of concordance.
struct FriedmanTest: Sendable, Equatable {
  /// How many people there are.
  let blocks: Int
  /// Each method's mean over people of its rank among a person's values, from 1; equal values share their mean.
  let meanRanks: [Double]
  /// χ², corrected for ties (Conover 1999), with ``degreesOfFreedom``.
  let chiSquared: Double
  /// The probability of such a χ² or a greater one if all methods were alike, by the χ² distribution, which it approaches
  /// with many people.
  let p: Double
  /// Kendall's W: 0 where people agree on nothing, 1 where they agree on all.
  let concordance: Double

  /// One less than there are methods.
  var degreesOfFreedom: Int { meanRanks.count - 1 }

  /// The test of each person's values of each method, such as mean ranks; lower is better.
  ///
  /// - Returns: nil with fewer than two people or methods, or where everybody finds all methods equal.
  init?(_ values: [[Double]]) {
    let (n, k) = (Double(values.count), Double(values.first?.count ?? 0))
    guard n > 1, k > 1 else { return nil }
    let ranks = values.map(Ranks.midranks)
    let sums = ranks.reduce([Double](repeating: 0, count: Int(k))) { zip($0, $1).map(+) }
    let ties = values.reduce(0) { $0 + Ranks.tieTerm($1) }
    let correction = 1 - ties / (n * k * (k * k - 1))
    guard correction > 0 else { return nil }
    // 12 / (n k (k + 1)) Σ R² - 3 n (k + 1), about the mean of R.
    let spread = sums.reduce(0) { $0 + ($1 - n * (k + 1) / 2) * ($1 - n * (k + 1) / 2) }
    blocks = values.count
    meanRanks = sums.map { $0 / n }
    chiSquared = 12 / (n * k * (k + 1)) * spread / correction
    concordance = chiSquared / (n * (k - 1))
    p = Distributions.chiSquared(above: chiSquared, degreesOfFreedom: Int(k) - 1)
  }
}
