import CLAPACK

extension Matrix {
  /// The eigenvalues of a symmetric matrix, in ascending order, and its eigenvectors, one a row.
  ///
  /// - Throws: `EvaluationFault` for values that are no finite numbers.
  func symmetricEigen() throws(EvaluationFault) -> (values: [Double], vectors: Matrix) {
    try decomposed(wantsVectors: true)
  }

  /// The eigenvalues of a symmetric matrix, in ascending order.
  ///
  /// - Throws: `EvaluationFault` for values that are no finite numbers.
  func symmetricEigenvalues() throws(EvaluationFault) -> [Double] {
    try decomposed(wantsVectors: false).values
  }

  private func decomposed(wantsVectors: Bool) throws(EvaluationFault) -> (values: [Double], vectors: Matrix) {
    precondition(rows == columns, "\(rows)×\(columns) is no square")
    guard values.allSatisfy(\.isFinite) else {
      throw EvaluationFault("a covariance holds values that are no finite numbers")
    }
    var (eigenvalues, vectors) = ([Double](repeating: 0, count: rows), self)
    // LAPACK counts by columns: its column of a vector is our row.
    let status = LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, wantsVectors ? Self.letter("V") : Self.letter("N"), Self.letter("U"), Int32(rows),
      &vectors.values, Int32(rows), &eigenvalues)
    guard status == 0 else { throw EvaluationFault("LAPACK's dsyevd did not converge (\(status))") }
    return (eigenvalues, vectors)
  }

  /// The upper triangle P with `self⁻¹ = P Pᵀ`, of a symmetric positive definite matrix.
  ///
  /// - Throws: `EvaluationFault` for another matrix.
  func precisionFactor() throws(EvaluationFault) -> Matrix {
    precondition(rows == columns, "\(rows)×\(columns) is no square")
    var factor = self
    // The upper triangle by rows, U with UᵀU, is the lower one by columns.
    let made = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, Self.letter("U"), Int32(rows), &factor.values, Int32(rows))
    guard made == 0 else { throw EvaluationFault("a covariance is not positive definite") }
    let inverted = LAPACKE_dtrtri(
      LAPACK_ROW_MAJOR, Self.letter("U"), Self.letter("N"), Int32(rows), &factor.values, Int32(rows))
    guard inverted == 0 else { throw EvaluationFault("a covariance cannot be inverted") }
    for row in 0..<rows {
      for column in 0..<row { factor[row, column] = 0 }
    }
    return factor
  }

  private static func letter(_ letter: Unicode.Scalar) -> CChar { CChar(letter.value) }
}
