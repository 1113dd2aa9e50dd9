/// Probabilities of several tests together, by Holm's step-down method (1979).
enum HolmCorrection {
  /// What each probability becomes: the least, times their number; the next, times one less; none less than one before it.
  static func adjusted(_ probabilities: [Double]) -> [Double] {
    var adjusted = probabilities
    var greatest = 0.0
    for (place, index) in probabilities.indices.sorted(by: { probabilities[$0] < probabilities[$1] })
      .enumerated()
    {
      greatest = max(greatest, min(1, probabilities[index] * Double(probabilities.count - place)))
      adjusted[index] = greatest
    }
    return adjusted
  }
}
