/// How a value between pixels is guessed from its neighbours.
package enum Interpolation: Sendable {
  /// Straight lines between two.
  case bilinear
  /// Keys' cubic through four with a = −¾, as torch and OpenCV have it.
  case bicubic

  /// How many pixels count on each side.
  var reach: Int { self == .bilinear ? 1 : 2 }

  /// What a pixel counts at a distance from 0 to `reach`.
  func weight(_ distance: Double) -> Double {
    let (a, x) = (-0.75, distance)
    switch self {
    case .bilinear: return 1 - x
    case .bicubic:
      return x <= 1
        ? ((a + 2) * x - (a + 3)) * x * x + 1
        : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    }
  }
}
