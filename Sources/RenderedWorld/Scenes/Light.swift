/// One lamp or sun and the light of everything around it.
package struct Light: Sendable, Hashable {
  /// Towards the light, of length 1; y is up, z comes towards the camera.
  package var direction: SIMD3<Float>
  /// What falls on a surface that faces the light, linear RGB.
  package var colour: SIMD3<Float>
  /// What falls from above without a direction, linear RGB.
  package var sky: SIMD3<Float>
  /// How wide shadows' edges get with distance: about the light's width over its distance.
  package var softness: Float

  /// One lamp or sun and the light of everything around it.
  package init(
    direction: SIMD3<Float>, colour: SIMD3<Float>, sky: SIMD3<Float>, softness: Float
  ) {
    self.direction = normalize(direction)
    (self.colour, self.sky, self.softness) = (colour, sky, softness)
  }

  /// A light as it may be in a room or outside.
  init(_ chance: inout Chance, isOutdoors: Bool) {
    let rise = chance.number(isOutdoors ? 0.4...1.15 : 0.5...1.25)
    // From the sides or behind the camera, seldom from behind the object.
    let swing = chance.number(-2...2)
    let flat = Portable.cosine(rise)
    let warmth = chance.number(isOutdoors ? -0.1...0.8 : -0.35...1)
    let tint = Vector(1 + 0.12 * warmth, 1, 1 - 0.3 * warmth)
    let share = chance.number(0.22...0.6)
    let cool = Vector(1 - 0.12 * warmth, 1, 1 + 0.15 * warmth)
    self.init(
      direction: Vector(flat * Portable.sine(swing), Portable.sine(rise), flat * Portable.cosine(swing)),
      colour: tint * (2.9 * (1 - share * 0.6)), sky: cool * share,
      softness: chance.happens(0.35) ? chance.number(0.04...0.12) : chance.number(0.15...0.6))
  }

  /// What comes from a direction, as a polished surface mirrors it: the sky, the ground, and the lamp as a soft spot.
  func mirrored(_ way: Vector, ground: Vector) -> Vector {
    let around = mix(ground, sky * 1.1, smoothstep(-0.15, 0.5, way.y))
    return around + colour * (1.6 * smoothstep(0.86, 0.97, dot(way, direction)))
  }
}
