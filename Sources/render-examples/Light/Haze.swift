import Foundation

/// Air that takes light from what is far and adds its own.
struct Haze: Sendable {
  /// The share of light lost per decimetre.
  let density: Float
  /// What the air itself sends from a direction.
  let glow: @Sendable (Vector) -> Vector

  func transmittance(over distance: Float) -> Float { exp(-density * distance) }
}
