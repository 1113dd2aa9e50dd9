/// Whether values come in pairs that differ to one side: Wilcoxon's signed-rank test, two-sided, without pairs that do not
/// differ. Decides between its distributions as SciPy does.
struct WilcoxonTest: Sendable, Equatable {
  /// The lesser of the sums of ranks of positive and of negative differences.
  let statistic: Double
  /// The probability of such a statistic or a lesser one if differences were as likely to one side as to the other.
  let p: Double
  /// Whether that is by all assignments of signs: up to 50 differences of which none are equal or 0, and up to 13 of any
  /// kind. Otherwise by the normal distribution, corrected for ties, not for continuity.
  let isExact: Bool

  /// The test of differences; 1 where all of them are 0.
  init(_ differences: [Double]) {
    let left = differences.filter { $0 != 0 }
    let sizes = left.map(abs)
    let ranks = Ranks.midranks(sizes)
    let positive = zip(left, ranks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
    let total = Double(left.count * (left.count + 1)) / 2
    statistic = min(positive, total - positive)
    let ties = Ranks.tieTerm(sizes)
    let isPlain = ties == 0 && left.count == differences.count
    isExact = differences.count <= (isPlain ? 50 : 13)
    if left.isEmpty {
      p = 1
    } else if isExact {
      p = min(1, 2 * Self.share(of: ranks, upTo: statistic))
    } else {
      let n = Double(left.count)
      let deviation = ((n * (n + 1) * (2 * n + 1) - ties / 2) / 24).squareRoot()
      p = Distributions.normal(beyond: (positive - total / 2) / deviation)
    }
  }

  /// In how many of all assignments of signs the positive ranks' sum is no more than `limit`.
  private static func share(of ranks: [Double], upTo limit: Double) -> Double {
    // Twice the ranks are whole numbers. No count exceeds 2⁵⁰, so that all are exact.
    let doubled = ranks.map { Int(2 * $0) }
    var counts = [1.0] + [Double](repeating: 0, count: doubled.reduce(0, +))
    for rank in doubled {
      for sum in stride(from: counts.count - 1, through: rank, by: -1) { counts[sum] += counts[sum - rank] }
    }
    return counts[...Int(2 * limit)].reduce(0, +) / counts.reduce(0, +)
  }
}
