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
    let (values, vectors) = try covariance.symmetricEigen()
    let roots = values.map { max(0, $0).squareRoot() }
    // In the basis of this covariance's eigenvectors its root is a diagonal.
    var inner = vectors.times(other.covariance).times(vectors, transposed: true)
    for row in 0..<inner.rows {
      for column in 0..<inner.columns { inner[row, column] *= roots[row] * roots[column] }
    }
    let root = try inner.symmetricEigenvalues().reduce(0) { $0 + max(0, $1).squareRoot() }
    let shift = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return shift + covariance.trace + other.covariance.trace - 2 * root
  }
}

extension GaussianStatistics {
  /// The Fréchet distance of features, one picture a row, to these statistics, and its standard error.
  ///
  /// The error is that of the infinitesimal jackknife (Jaeckel 1972), as far as the features are chance: with `y` a
  /// picture's features without their mean `m₁`, the distance moves by `2 (m₁ − m₂)·y + y·y − y·T y` less its mean, where `T
  /// = S₂^½ (S₂^½ S₁ S₂^½)^−½ S₂^½` is the map that makes the one Gaussian the other. Of fewer pictures than features all
  /// comes from the matrix of `y·S₂ y′`, which has the same eigenvalues and is smaller.
  ///
  /// - Throws: `EvaluationFault` for fewer than two pictures, features of another network, values that are no finite numbers.
  package func frechetDistance(from features: Matrix) throws(EvaluationFault) -> (
    value: Double, error: Double
  ) {
    guard features.rows > 1 else {
      throw EvaluationFault("a covariance takes 2 pictures or more, not \(features.rows)")
    }
    guard features.columns == mean.count else {
      throw EvaluationFault(
        "features of \(features.columns) and \(mean.count) numbers are of two networks")
    }
    let own = features.columnMeans
    let centred = features.subtracting(own)
    let freedom = Double(features.rows - 1)
    let (root, mapped) =
      features.rows < features.columns
      ? try rootByPictures(centred, freedom) : try rootByFeatures(centred, freedom)
    let shift = zip(own, mean).map { $0 - $1 }
    let lengths = centred.squaredLengths
    let value =
      shift.reduce(0) { $0 + $1 * $1 } + lengths.reduce(0, +) / freedom + covariance.trace - 2 * root
    let moves = (0..<features.rows).map { row in
      2 * zip(shift, centred.row(row)).reduce(0) { $0 + $1.0 * $1.1 } + lengths[row] - mapped[row]
    }
    return (value, Bootstrap.standardError(ofMean: moves)!)
  }

  /// The trace of `(S₁ S₂)^½`, and `y·T y` of each picture.
  private func rootByPictures(
    _ centred: Matrix, _ freedom: Double
  ) throws(EvaluationFault) -> (trace: Double, mapped: [Double]) {
    var products = centred.times(covariance).times(centred, transposed: true)
    for index in products.values.indices { products.values[index] /= freedom }
    let (values, vectors) = try products.symmetricEigen()
    let roots = values.map { max(0, $0).squareRoot() }
    var mapped = [Double](repeating: 0, count: centred.rows)
    for (number, root) in roots.enumerated() {
      for (row, part) in vectors.row(number).enumerated() { mapped[row] += freedom * root * part * part }
    }
    return (roots.reduce(0, +), mapped)
  }

  /// The same, where there are more pictures than features.
  private func rootByFeatures(
    _ centred: Matrix, _ freedom: Double
  ) throws(EvaluationFault) -> (trace: Double, mapped: [Double]) {
    let (values, vectors) = try covariance.symmetricEigen()
    // In the basis of this covariance's eigenvectors its root is a diagonal.
    var turned = centred.times(vectors, transposed: true)
    for (column, value) in values.enumerated() {
      let root = max(0, value).squareRoot()
      for row in 0..<turned.rows { turned[row, column] *= root }
    }
    var inner = turned.gram
    for index in inner.values.indices { inner.values[index] /= freedom }
    let (innerValues, innerVectors) = try inner.symmetricEigen()
    let roots = innerValues.map { max(0, $0).squareRoot() }
    // What is 0 but for rounding has no inverse.
    let least = (roots.max() ?? 0) * 1e-7
    var mapped = turned.times(innerVectors, transposed: true)
    for (column, root) in roots.enumerated() {
      let factor = root > least ? 1 / root.squareRoot() : 0
      for row in 0..<mapped.rows { mapped[row, column] *= factor }
    }
    return (roots.reduce(0, +), mapped.squaredLengths)
  }
}
