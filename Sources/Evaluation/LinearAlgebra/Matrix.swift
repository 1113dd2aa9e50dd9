import CLAPACK

/// A matrix of doubles in memory, row after row.
package struct Matrix: Sendable, Hashable {
  /// Rows.
  package let rows: Int
  /// Columns.
  package let columns: Int
  /// `rows · columns` values.
  package var values: [Double]

  /// A matrix from its values in their order.
  ///
  /// - Precondition: there are `rows · columns` of them.
  package init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "\(values.count) values are no \(rows)×\(columns) matrix")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  /// A matrix of zeros.
  init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, values: Array(repeating: 0, count: rows * columns))
  }

  /// One value.
  package subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// One row.
  package func row(_ index: Int) -> ArraySlice<Double> { values[index * columns..<(index + 1) * columns] }

  /// Some rows, in any order, each as often as it is named.
  func rows(_ indices: some Collection<Int>) -> Matrix {
    var chosen: [Double] = []
    chosen.reserveCapacity(indices.count * columns)
    for index in indices { chosen += row(index) }
    return Matrix(rows: indices.count, columns: columns, values: chosen)
  }

  /// The sum of the diagonal.
  var trace: Double { (0..<min(rows, columns)).reduce(0) { $0 + self[$1, $1] } }

  /// The means of the columns.
  var columnMeans: [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += self[row, column] }
    }
    return sums.map { $0 / Double(rows) }
  }

  /// Every row without a vector.
  func subtracting(_ vector: [Double]) -> Matrix {
    var result = self
    result.values.withUnsafeMutableBufferPointer { values in
      for row in 0..<rows {
        for column in 0..<columns { values[row * columns + column] -= vector[column] }
      }
    }
    return result
  }

  /// The product with another matrix, which may be taken turned over.
  func times(_ other: Matrix, transposed: Bool = false) -> Matrix {
    let (inner, width) = transposed ? (other.columns, other.rows) : (other.rows, other.columns)
    precondition(columns == inner, "\(rows)×\(columns) by \(other.rows)×\(other.columns)")
    var result = Matrix(rows: rows, columns: width)
    guard rows > 0, width > 0, inner > 0 else { return result }
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, Int32(rows), Int32(width),
      Int32(inner), 1, values, Int32(columns), other.values, Int32(other.columns), 0, &result.values,
      Int32(width))
    return result
  }

  /// The product of its own transpose and itself, `columns`×`columns`.
  var gram: Matrix {
    var result = Matrix(rows: columns, columns: columns)
    guard rows > 0, columns > 0 else { return result }
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, CblasTrans, Int32(columns), Int32(rows), 1, values, Int32(columns), 0,
      &result.values, Int32(columns))
    for row in 0..<columns {
      for column in 0..<row { result[row, column] = result[column, row] }
    }
    return result
  }

  /// The squared length of each row.
  var squaredLengths: [Double] { (0..<rows).map { row($0).reduce(0) { $0 + $1 * $1 } } }
}
