import Foundation
package import Tensors

/// How two vectors differ by more than `relative` of the largest expected element; nil when they do not.
package func mismatch(_ values: [Float], _ expected: [Float], relative: Float = 1e-5) -> String? {
  guard values.count == expected.count else { return "\(values.count) values, not \(expected.count)" }
  let scale = expected.map(abs).max() ?? 0
  let differences = zip(values, expected).map { abs($0 - $1) }
  // Written so that what is no number differs, too.
  guard differences.allSatisfy({ $0 <= relative * scale }) else {
    return
      "\(values.prefix(12)) is not \(expected.prefix(12)); relative to the largest, \(differences.max()! / scale)"
  }
  return nil
}

/// Numbers between −1 and 1 without a pattern.
package func waves(_ shape: [Int], phase: Float = 0) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { sin(Float($0) * 1.7 + phase) }, shape: shape)
}

extension Operator.Unary {
  /// The function, computed here.
  func reference(_ x: Float) -> Float {
    let x = Double(x)
    let y: Double =
      switch self {
      case .squareRoot: x.squareRoot()
      case .sine: sin(x)
      case .cosine: cos(x)
      case .exponential: Foundation.exp(x)
      case .logarithm: log(x)
      case .negative: -x
      case .absolute: abs(x)
      case .tanh: Foundation.tanh(x)
      case .sigmoid: 1 / (1 + Foundation.exp(-x))
      case .swish: x / (1 + Foundation.exp(-x))
      case .relu: max(x, 0)
      case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
      case .geluTanh:
        x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2
      }
    return Float(y)
  }
}

extension Operator.Binary {
  /// The function, computed here.
  func reference(_ a: Float, _ b: Float) -> Float {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: pow(a, b)
    case .maximum: max(a, b)
    case .minimum: min(a, b)
    }
  }
}
