/// A way from a point to a light.
struct LightSample {
  var direction: Vector
  var distance: Float
  var radiance: Vector
  /// Density with which this direction was chosen, per steradian.
  var density: Float
}

/// Something that shines and can be aimed at.
protocol Light: Sendable {
  func sample(from point: Vector, _ u: SIMD2<Float>) -> LightSample?

  /// What the light sends against a ray that nothing stops before `limit`, and the density
  /// with which `sample` would have chosen that direction.
  func emission(along ray: Ray, limit: Float) -> (radiance: Vector, density: Float)?
}
