import Foundation

/// A mixture of Gaussians with full covariances, by which a picture's features are likely or not.
///
/// The names are those of scikit-learn's GaussianMixture.
package struct GaussianMixture: Sendable, Hashable {
  /// A component's share, all together 1.
  package var weights: [Double]
  /// The components' means, one a row.
  package var means: Matrix
  /// For each component the upper triangle P with `Σ⁻¹ = P Pᵀ`.
  package var precisionFactors: [Matrix]

  /// A mixture as a file has it.
  ///
  /// - Throws: `EvaluationFault` when the parts do not fit, or hold what no mixture can.
  package init(weights: [Double], means: Matrix, precisionFactors: [Matrix]) throws(EvaluationFault) {
    let size = means.columns
    guard !weights.isEmpty, means.rows == weights.count, precisionFactors.count == weights.count,
      precisionFactors.allSatisfy({ $0.rows == size && $0.columns == size })
    else { throw EvaluationFault("the weights, means and precisions of a mixture do not fit") }
    guard weights.allSatisfy({ $0 > 0 && $0 <= 1 }), abs(weights.reduce(0, +) - 1) < 1e-6 else {
      throw EvaluationFault("the weights of a mixture are no shares of 1")
    }
    guard precisionFactors.allSatisfy({ factor in (0..<size).allSatisfy { factor[$0, $0] > 0 } }) else {
      throw EvaluationFault("a precision of a mixture is not positive")
    }
    (self.weights, self.means, self.precisionFactors) = (weights, means, precisionFactors)
  }

  /// The logarithm of the density at each row of `features`.
  ///
  /// - Throws: `EvaluationFault` when they are of another network.
  package func logDensities(of features: Matrix) throws(EvaluationFault) -> [Double] {
    guard features.columns == means.columns else {
      throw EvaluationFault(
        "a mixture of \(means.columns) features says nothing of pictures with \(features.columns)")
    }
    return weightedDensities(of: features).map(Self.logOfSum)
  }

  /// For each row the logarithms of the components' shares of its density.
  func weightedDensities(of features: Matrix) -> [[Double]] {
    let constant = Double(means.columns) * log(2 * Double.pi)
    var result = [[Double]](repeating: [], count: features.rows)
    for (component, factor) in precisionFactors.enumerated() {
      let distances = features.subtracting(Array(means.row(component))).times(factor).squaredLengths
      let scale = (0..<means.columns).reduce(log(weights[component])) { $0 + log(factor[$1, $1]) }
      for row in 0..<features.rows { result[row].append(scale - 0.5 * (constant + distances[row])) }
    }
    return result
  }

  static func logOfSum(_ terms: [Double]) -> Double {
    let greatest = terms.max()!
    return greatest + log(terms.reduce(0) { $0 + exp($1 - greatest) })
  }
}

/// The quality score: how likely results are as pictures, by a mixture of the features of real ones.
package enum QualityScore {
  /// 100 × the log density over 300, between 0 and 1, of each row: the score is their mean.
  ///
  /// Source: Gu et al. 2020 (GIQA), as Yang et al. 2023 take it of CLIP's features.
  package static func scores(_ features: Matrix, by mixture: GaussianMixture) throws(EvaluationFault)
    -> [Double]
  {
    try mixture.logDensities(of: features).map { 100 * min(max($0 / 300, 0), 1) }
  }
}
