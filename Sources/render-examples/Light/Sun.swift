import Foundation

/// A far disc: parallel light with soft-edged shadows.
struct Sun: Light {
  /// Towards the sun.
  let direction: Vector
  /// The cosine of the angle from its middle to its rim.
  let rimCosine: Float
  let radiance: Vector

  /// - Parameters:
  ///   - radius: the angle from middle to rim, in degrees; the real sun's is 0.27.
  ///   - irradiance: what falls on a surface that faces it.
  init(towards direction: Vector, radius: Float, irradiance: Vector) {
    self.direction = normalize(direction)
    rimCosine = cos(radius * .pi / 180)
    radiance = irradiance / (2 * .pi * (1 - rimCosine))
  }

  private var density: Float { 1 / (2 * .pi * (1 - rimCosine)) }

  func sample(from point: Vector, _ u: SIMD2<Float>) -> LightSample? {
    let height = 1 - u.x * (1 - rimCosine)
    let reach = max(0, 1 - height * height).squareRoot()
    let turn = 2 * Float.pi * u.y
    let local = Vector(cos(turn) * reach, sin(turn) * reach, height)
    return LightSample(
      direction: Basis(up: direction).toWorld(local), distance: .infinity, radiance: radiance,
      density: density)
  }

  func emission(along ray: Ray, limit: Float) -> (radiance: Vector, density: Float)? {
    guard limit == .infinity, dot(ray.direction, direction) >= rimCosine else { return nil }
    return (radiance, density)
  }
}
