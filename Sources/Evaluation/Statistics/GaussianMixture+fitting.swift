import Foundation
import Foundations

extension GaussianMixture {
  /// How a mixture is fitted: scikit-learn's settings for GIQA's mixtures.
  package struct Fitting: Sendable, Hashable {
    /// How many Gaussians.
    package var components = 20
    /// Added to the diagonal of each covariance.
    package var regularization = 1e-6
    /// The fitting ends when a step gains less mean log density than this.
    package var tolerance = 1e-3
    /// The most steps.
    package var steps = 100
    /// Fixes where k-means begins.
    package var seed = 321

    /// GIQA's settings.
    package init() {}
  }

  /// A mixture fitted to features, one picture a row: by k-means, then expectation and maximization.
  ///
  /// It is another mixture than one fitted by another program, which begins elsewhere.
  ///
  /// - Throws: `EvaluationFault` for fewer pictures than components; `CancellationError`.
  package init(fittedTo features: Matrix, _ fitting: Fitting = Fitting()) throws {
    guard features.rows >= max(2, fitting.components) else {
      throw EvaluationFault(
        "a mixture of \(fitting.components) takes as many pictures or more, not \(features.rows)")
    }
    let clusters = Clusters(of: features, count: fitting.components, seed: fitting.seed)
    let shares = clusters.assignments.map { cluster in
      (0..<fitting.components).map { $0 == cluster ? 1.0 : 0 }
    }
    self = try Self.maximized(features, shares, fitting)
    var previous = -Double.infinity
    for _ in 0..<fitting.steps {
      try Task.checkCancellation()
      let terms = weightedDensities(of: features)
      let densities = terms.map(Self.logOfSum)
      let shares = zip(terms, densities).map { terms, total in terms.map { exp($0 - total) } }
      self = try Self.maximized(features, shares, fitting)
      let mean = densities.reduce(0, +) / Double(densities.count)
      if abs(mean - previous) < fitting.tolerance { break }
      previous = mean
    }
  }

  /// The mixture that is likeliest when each picture belongs to the components by these shares.
  private static func maximized(
    _ features: Matrix, _ shares: [[Double]], _ fitting: Fitting
  ) throws(EvaluationFault) -> GaussianMixture {
    var (weights, means, factors): ([Double], Matrix, [Matrix]) = (
      [], Matrix(rows: fitting.components, columns: features.columns), []
    )
    for component in 0..<fitting.components {
      let own = shares.map { $0[component] }
      let total = own.reduce(0, +) + 10 * Double.ulpOfOne
      weights.append(total / Double(features.rows))
      var mean = [Double](repeating: 0, count: features.columns)
      for (row, share) in own.enumerated() where share > 0 {
        for (column, value) in features.row(row).enumerated() { mean[column] += share * value / total }
      }
      means.values.replaceSubrange(
        component * features.columns..<(component + 1) * features.columns, with: mean)
      var weighted = features.subtracting(mean)
      for row in 0..<features.rows {
        let root = (own[row] / total).squareRoot()
        for column in 0..<features.columns { weighted[row, column] *= root }
      }
      var covariance = weighted.gram
      for index in 0..<covariance.rows { covariance[index, index] += fitting.regularization }
      factors.append(try covariance.precisionFactor())
    }
    let sum = weights.reduce(0, +)
    return try GaussianMixture(weights: weights.map { $0 / sum }, means: means, precisionFactors: factors)
  }
}

/// Features in groups around means (Lloyd 1982), begun as k-means++ does (Arthur and Vassilvitskii 2007).
private struct Clusters {
  /// The group of each row.
  private(set) var assignments: [Int]

  init(of features: Matrix, count: Int, seed: Int) {
    var random = SeededGenerator(seed: seed, stream: "k-means")
    var centres = features.rows([Int.random(in: 0..<features.rows, using: &random)])
    while centres.rows < count {
      let distances = Self.distances(features, centres).map { $0.min()! }
      var rest = random.uniform() * distances.reduce(0, +)
      let chosen = distances.firstIndex { distance in
        rest -= distance
        return rest < 0
      }
      centres = Matrix(
        rows: centres.rows + 1, columns: features.columns,
        values: centres.values + features.row(chosen ?? features.rows - 1))
    }
    assignments = []
    for _ in 0..<300 {
      let nearest = Self.distances(features, centres).map { row in
        row.indices.min { row[$0] < row[$1] }!
      }
      if nearest == assignments { break }
      assignments = nearest
      for centre in 0..<count {
        let own = nearest.indices.filter { nearest[$0] == centre }
        guard !own.isEmpty else { continue }
        centres.values.replaceSubrange(
          centre * features.columns..<(centre + 1) * features.columns, with: features.rows(own).columnMeans)
      }
    }
  }

  /// Squared distances of each row to each centre, never below 0.
  private static func distances(_ features: Matrix, _ centres: Matrix) -> [[Double]] {
    let products = features.times(centres, transposed: true)
    let (own, others) = (features.squaredLengths, centres.squaredLengths)
    return (0..<features.rows).map { row in
      others.indices.map { max(0, own[row] + others[$0] - 2 * products[row, $0]) }
    }
  }
}
