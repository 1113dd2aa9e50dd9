/// How much pictures of one input differ from each other: the mean distance between two of them.
package enum Diversity {
  /// 1 minus the mean cosine of two pictures' features, over all pairs: 0 for pictures that are all alike.
  ///
  /// - Parameter features: of several seeds' results of one input, one a row.
  /// - Throws: `EvaluationFault` for fewer than two pictures.
  package static func cosine(_ features: Matrix) throws(EvaluationFault) -> Double {
    guard features.rows > 1 else {
      throw EvaluationFault("diversity takes 2 pictures or more of one input, not \(features.rows)")
    }
    let unit = features.normalisedRows
    let products = unit.times(unit, transposed: true)
    let pairs = Double(features.rows * (features.rows - 1))
    return 1 - (products.values.reduce(0, +) - products.trace) / pairs
  }
}
