/// Mean and covariance of features: what Fréchet distances compare.
package struct GaussianStatistics: Sendable, Hashable {
  /// The mean of each feature.
  package var mean: [Double]
  /// The covariance, divided by n − 1.
  package var covariance: Matrix
  /// How many pictures they are of; nil where the file does not say.
  package var count: Int?

  /// Statistics as a file has them.
  ///
  /// - Throws: `EvaluationFault` when the sizes do not fit.
  package init(mean: [Double], covariance: Matrix, count: Int? = nil) throws(EvaluationFault) {
    guard covariance.rows == mean.count, covariance.columns == mean.count, !mean.isEmpty else {
      throw EvaluationFault(
        "a mean of \(mean.count) numbers and a covariance of \(covariance.rows)×\(covariance.columns) do not fit"
      )
    }
    (self.mean, self.covariance, self.count) = (mean, covariance, count)
  }

  /// The statistics of features, one picture a row.
  ///
  /// - Throws: `EvaluationFault` for fewer than two pictures.
  package init(of features: Matrix) throws(EvaluationFault) {
    guard features.rows > 1 else {
      throw EvaluationFault("a covariance takes 2 pictures or more, not \(features.rows)")
    }
    mean = features.columnMeans
    covariance = features.subtracting(mean).gram
    for index in covariance.values.indices { covariance.values[index] /= Double(features.rows - 1) }
    count = features.rows
  }

  /// The Fréchet distance between two Gaussians, `|m₁ − m₂|² + tr(S₁ + S₂ − 2 (S₁ S₂)^½)`.
  ///
  /// The trace of the root is taken from the eigenvalues of the symmetric `S₁^½ S₂ S₁^½`, those below 0 being 0, so that
  /// it is a real number whatever the rank of the covariances.
  /// Source: Dowson and Landau 1982; Heusel et al. 2017 (FID).
  package func frechetDistance(to other: GaussianStatistics) throws(EvaluationFault) -> Double {
    guard mean.count == other.mean.count else {
      throw EvaluationFault("features of \(mean.count) and \(other.mean.count) numbers are of two networks")
    }
    return try FrechetReference(self).distance(to: other)
  }
}

/// Statistics that many others are compared with: their root is taken once.
struct FrechetReference {
  private let statistics: GaussianStatistics
  private let roots: [Double]
  private let vectors: Matrix

  init(_ statistics: GaussianStatistics) throws(EvaluationFault) {
    self.statistics = statistics
    let (values, vectors) = try statistics.covariance.symmetricEigen()
    (roots, self.vectors) = (values.map { max(0, $0).squareRoot() }, vectors)
  }

  func distance(to other: GaussianStatistics) throws(EvaluationFault) -> Double {
    // In the basis of the first covariance's eigenvectors its root is a diagonal.
    var inner = vectors.times(other.covariance).times(vectors, transposed: true)
    for row in 0..<inner.rows {
      for column in 0..<inner.columns { inner[row, column] *= roots[row] * roots[column] }
    }
    let root = try inner.symmetricEigenvalues().reduce(0) { $0 + max(0, $1).squareRoot() }
    let shift = zip(statistics.mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return shift + statistics.covariance.trace + other.covariance.trace - 2 * root
  }
}
