import Foundations

/// How far a measure would move with other pictures: it is taken of pictures drawn again from those at hand (Efron 1979).
package struct Bootstrap: Sendable, Hashable {
  /// How often they are drawn; 2 or more.
  package var draws: Int
  /// Fixes the draws.
  package var seed: Int

  /// So many draws.
  package init(draws: Int, seed: Int = 321) { (self.draws, self.seed) = (draws, seed) }

  /// The standard deviation of a measure over the draws: its standard error.
  ///
  /// - Parameters:
  ///   - count: how many pictures there are.
  ///   - measure: takes the numbers of the pictures drawn, as many as there are.
  func deviation(of count: Int, _ measure: ([Int]) throws -> Double) rethrows -> Double {
    var random = SeededGenerator(seed: seed, stream: "bootstrap")
    let values = try (0..<draws).map { _ in
      try measure((0..<count).map { _ in Int.random(in: 0..<count, using: &random) })
    }
    return Self.deviation(of: values)
  }

  /// The standard error of a mean over pictures, in closed form; nil for one picture.
  static func standardError(ofMean values: [Double]) -> Double? {
    values.count > 1 ? deviation(of: values) / Double(values.count).squareRoot() : nil
  }

  private static func deviation(of values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }
}
