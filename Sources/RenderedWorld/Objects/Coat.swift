/// What a body wears: colours in a pattern, and how it shines.
struct Coat {
  enum Pattern: CaseIterable {
    case plain, stripes, bands, dots, checks, zigzag, marble, speckles, wood, fade, patches
  }

  var pattern = Pattern.plain
  /// Linear RGB; the first covers the most.
  var colours: (Vector, Vector)
  /// How often the pattern repeats around, in whole numbers, so that it closes.
  var around: Float = 6
  /// How often the pattern repeats along.
  var along: Float = 4
  /// Slant of stripes, in repeats.
  var slant: Float = 0
  var seed: UInt32 = 0
  /// 0 is chalk, 1 is polished.
  var gloss: Float = 0.3
  /// Whether it mirrors in its own colour.
  var isMetal = false
  /// What cuts a plate out.
  var stencil: Stencil?
  /// What is printed on a plate.
  var picture: GlyphPicture?

  init(_ colour: Vector, gloss: Float = 0.3) {
    colours = (colour, colour)
    self.gloss = gloss
  }

  /// Whether there is something at a place of a plate, and not only air around the shape.
  @inline(__always)
  func covers(_ place: SIMD2<Float>) -> Bool {
    if let picture { return picture.opacity(place) > 0.5 }
    return (stencil?.value(place) ?? 1) > 0
  }

  /// The colour at a place.
  /// - Parameters:
  ///   - place: 0…1 around and along.
  ///   - body: in the model's own space, about −0.5…0.5.
  func colour(_ place: SIMD2<Float>, body: Vector) -> Vector {
    if let picture { return picture.colour(place) }
    // Nothing in the world is one flat colour.
    let tint = 0.92 + 0.16 * Noise.value(body * 4, seed)
    if pattern == .plain { return colours.0 * tint }
    return mix(colours.0, colours.1, share(place, body)) * tint
  }

  /// How much of the second colour there is.
  private func share(_ place: SIMD2<Float>, _ body: Vector) -> Float {
    let p = SIMD2(place.x * around, place.y * along)
    switch pattern {
    case .plain: return 0
    case .stripes: return Self.edge(fraction(p.x + slant * p.y), 0.5)
    case .bands: return Self.edge(fraction(p.y), 0.42)
    case .dots:
      let row = floor(p.y)
      let q = SIMD2(fraction(p.x + (row & 1 == 0 ? 0.5 : 0)) - 0.5, fraction(p.y) - 0.5)
      return smoothstep(0.34, 0.28, (q.x * q.x + q.y * q.y).squareRoot())
    case .checks:
      let across = Self.edge(fraction(p.x), 0.5)
      let up = Self.edge(fraction(p.y), 0.5)
      return across + up - 2 * across * up
    case .zigzag:
      let wave = abs(fraction(p.x) - 0.5)
      return Self.edge(fraction(p.y + wave), 0.5)
    case .marble:
      let drift = Noise.value(body * 5, seed) + 0.5 * Noise.value(body * 11, seed &+ 1)
      return smoothstep(0.75, 1, Portable.sine(body.x * 9 + body.y * 6 + drift * 9))
    case .speckles: return smoothstep(0.66, 0.74, Noise.value(body * 17, seed))
    case .wood:
      let drift = Noise.value(body * Vector(3, 1, 3), seed)
      return 0.75 * fraction((body.x + 0.4 * body.z) * 7 + drift * 4)
    case .fade: return smoothstep(0.15, 0.85, place.y)
    case .patches: return smoothstep(0.5, 0.56, Noise.value(body * 5.5, seed))
    }
  }

  /// 1 in the first part of a period, 0 in the rest, with soft edges.
  private static func edge(_ phase: Float, _ part: Float) -> Float {
    smoothstep(0, 0.05, phase) * smoothstep(part + 0.05, part, phase)
  }
}
