import Diffusion

/// The kernel inception distance: squared maximum mean discrepancy under a cubic kernel, of subsets (Bińkowski et al.
/// 2018). Unbiased, so that it can be below 0, and of use below the thousands of pictures that a Fréchet distance needs.
package struct KernelDistance: Sendable, Hashable {
  /// How many subsets are drawn.
  package var subsets = 100
  /// How many pictures of each side are in one, if there are so many.
  package var subsetSize = 1000
  /// Fixes the draws, which are those of numpy's RandomState, as torch-fidelity makes them.
  package var seed: UInt32 = 2020

  /// torch-fidelity's settings.
  package init() {}

  /// The distance of two sets of features, and the standard deviation between subsets.
  ///
  /// - Throws: `EvaluationFault` for fewer than two pictures.
  package func callAsFunction(_ first: Matrix, _ second: Matrix) throws -> (mean: Double, deviation: Double) {
    let size = min(subsetSize, first.rows, second.rows)
    guard size > 1 else { throw EvaluationFault("a kernel distance takes 2 pictures or more of each side") }
    var random = NumpyRandom(seed: seed)
    let values = try (0..<subsets).map { _ in
      try Task.checkCancellation()
      let x = first.rows(random.permutation(first.rows).prefix(size))
      let y = second.rows(random.permutation(second.rows).prefix(size))
      return Self.discrepancy(x, y)
    }
    let mean = values.reduce(0, +) / Double(subsets)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(subsets)
    return (mean, variance.squareRoot())
  }

  /// `(x·y / d + 1)³`, without the pairs of a picture with itself.
  private static func discrepancy(_ x: Matrix, _ y: Matrix) -> Double {
    let size = Double(x.rows)
    func sum(_ a: Matrix, _ b: Matrix, skippingDiagonal: Bool) -> Double {
      let products = a.times(b, transposed: true)
      var sum = 0.0
      for row in 0..<products.rows {
        for column in 0..<products.columns where !(skippingDiagonal && row == column) {
          let base = products[row, column] / Double(a.columns) + 1
          sum += base * base * base
        }
      }
      return sum
    }
    return (sum(x, x, skippingDiagonal: true) + sum(y, y, skippingDiagonal: true)) / (size * (size - 1))
      - 2 * sum(x, y, skippingDiagonal: false) / (size * size)
  }
}
