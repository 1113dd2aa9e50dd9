import Foundation

/// CLIP's maximum mean discrepancy: features of length 1 under a Gaussian kernel of width 10, × 1000, diagonals included.
///
/// It needs no Gaussian features, draws nothing, and says something of tens of pictures.
/// Source: Jayasumana et al. 2024 (CMMD).
package struct MeanDiscrepancy: Sendable {
  /// The kernel's width.
  static let sigma = 10.0
  /// What distances are multiplied by.
  static let scale = 1000.0

  private let own: [Double]
  private let cross: [Double]
  private let other: Double
  private let count: Int

  /// Prepares the discrepancy of features from a reference.
  ///
  /// - Parameters:
  ///   - features: one picture a row; brought to length 1 here.
  ///   - reference: as well.
  /// - Throws: `EvaluationFault` when a side is empty.
  package init(_ features: Matrix, reference: Matrix) throws(EvaluationFault) {
    guard features.rows > 0, reference.rows > 0 else {
      throw EvaluationFault("a discrepancy takes a picture or more of each side")
    }
    let (x, y) = (features.normalisedRows, reference.normalisedRows)
    count = x.rows
    own = Self.kernel(x, x).values
    let between = Self.kernel(x, y)
    cross = (0..<x.rows).map { between.row($0).reduce(0, +) / Double(y.rows) }
    other = Self.mean(Self.kernel(y, y).values)
  }

  /// The discrepancy.
  package var value: Double { value(of: 0..<count) }

  /// The discrepancy of some of the pictures, each as often as it is named.
  func value(of indices: some Collection<Int>) -> Double {
    let size = Double(indices.count)
    var (own, cross) = (0.0, 0.0)
    for first in indices {
      cross += self.cross[first]
      for second in indices { own += self.own[first * count + second] }
    }
    return Self.scale * (own / (size * size) + other - 2 * cross / size)
  }

  /// The standard error of the discrepancy, by drawing pictures again.
  package func standardError(_ bootstrap: Bootstrap) -> Double {
    bootstrap.deviation(of: count) { value(of: $0) }
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private static func kernel(_ x: Matrix, _ y: Matrix) -> Matrix {
    var products = x.times(y, transposed: true)
    let (lengthsX, lengthsY) = (x.squaredLengths, y.squaredLengths)
    for row in 0..<products.rows {
      for column in 0..<products.columns {
        let distance = lengthsX[row] + lengthsY[column] - 2 * products[row, column]
        products[row, column] = exp(-distance / (2 * sigma * sigma))
      }
    }
    return products
  }
}

extension Matrix {
  /// Every row brought to length 1; a row of zeros stays.
  var normalisedRows: Matrix {
    var result = self
    for (row, squared) in squaredLengths.enumerated() where squared > 0 {
      let length = squared.squareRoot()
      for index in row * columns..<(row + 1) * columns { result.values[index] /= length }
    }
    return result
  }
}
