import Foundation

/// How resampling weighs neighbouring pixels. Between 0 and 1 the formulas are those of enlarging; shrinking widens
/// them by the factor.
public enum Kernel: String, Sendable, Hashable, CaseIterable, Codable {
  /// The nearest pixel.
  case nearest
  /// Two by two.
  case linear
  /// Four by four, Catmull–Rom.
  case cubic
  /// Four by four, Mitchell.
  case mitchell
  /// Four by four: Lanczos with two lobes.
  case lanczos2
  /// Six by six: Lanczos with three lobes.
  case lanczos3

  /// A pixel's weight by its distance, and the distance from which on it is 0; nil for the nearest pixel.
  var function: (weight: @Sendable (Double) -> Double, radius: Double)? {
    switch self {
    case .nearest: nil
    case .linear: ({ max(0, 1 - abs($0)) }, 1)
    case .cubic: ({ Self.cubic($0, b: 0, c: 0.5) }, 2)
    case .mitchell: ({ Self.cubic($0, b: 1 / 3, c: 1 / 3) }, 2)
    case .lanczos2: ({ Self.lanczos($0, lobes: 2) }, 2)
    case .lanczos3: ({ Self.lanczos($0, lobes: 3) }, 3)
    }
  }

  /// Source: D. Mitchell and A. Netravali, "Reconstruction filters in computer graphics", 1988, equation 8.
  private static func cubic(_ distance: Double, b: Double, c: Double) -> Double {
    let x = abs(distance)
    if x < 1 { return (((12 - 9 * b - 6 * c) * x + 12 * b + 6 * c - 18) * x * x + 6 - 2 * b) / 6 }
    if x < 2 {
      return (((-b - 6 * c) * x + 6 * b + 30 * c) * x * x - (12 * b + 48 * c) * x + 8 * b + 24 * c) / 6
    }
    return 0
  }

  private static func lanczos(_ distance: Double, lobes: Double) -> Double {
    guard distance != 0 else { return 1 }
    guard abs(distance) < lobes else { return 0 }
    let x = .pi * distance
    return lobes * sin(x) * sin(x / lobes) / (x * x)
  }
}
