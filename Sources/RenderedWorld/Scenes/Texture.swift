/// The look of a floor, a table or a wall. Patterns finer than a pixel fade into their mean.
struct Texture {
  enum Kind: CaseIterable {
    case plaster, wood, tiles, gingham, stripes, dots, weave, marble, grass, sand, bricks, parquet, speckles
  }

  static let floors: [Kind] = [
    .plaster, .wood, .wood, .tiles, .gingham, .stripes, .dots, .weave, .weave, .marble, .parquet, .speckles,
  ]
  static let grounds: [Kind] = [.grass, .grass, .sand, .sand, .bricks, .speckles, .plaster]
  static let walls: [Kind] = [
    .plaster, .plaster, .plaster, .bricks, .stripes, .tiles, .wood, .dots, .gingham,
  ]

  let kind: Kind
  let colours: (Vector, Vector)
  /// Repeats a unit.
  let scale: Float
  /// The direction of the pattern.
  let turn: SIMD2<Float>
  let seed: UInt32

  init(_ kinds: [Kind], _ chance: inout Chance) {
    kind = chance.pick(kinds)
    let angle = chance.happens(0.4) ? 0 : chance.number(-Float.pi...Float.pi)
    turn = SIMD2(Portable.cosine(angle), Portable.sine(angle))
    seed = chance.bits()
    let base = chance.mutedColour()
    switch kind {
    case .wood, .parquet:
      colours = (chance.woodColour(), chance.woodColour() * 0.45)
      scale = chance.number(0.7...1.8)
    case .grass:
      colours = (chance.leafColour() * 0.7, chance.leafColour() * Vector(0.55, 0.45, 0.35))
      scale = chance.number(2...5)
    case .sand:
      let sand = Palette.colour(
        hue: chance.number(0.06...0.12), saturation: chance.number(0.2...0.5),
        brightness: chance.number(0.5...0.9))
      (colours, scale) = ((sand, sand * 0.6), chance.number(1...3))
    case .bricks:
      let clay = Palette.colour(
        hue: chance.number(0...0.1), saturation: chance.number(0.1...0.6),
        brightness: chance.number(0.35...0.75))
      (colours, scale) = ((clay, Vector(repeating: chance.number(0.15...0.6))), chance.number(1.2...2.6))
    case .gingham, .stripes, .dots:
      let bright = Palette.linear(Vector(repeating: chance.number(0.75...0.93)))
      colours = chance.happens(0.5) ? (bright, chance.colour()) : (base, base * chance.number(0.45...0.8))
      scale = chance.number(1.5...6)
    default:
      let other = chance.happens(0.3) ? chance.mutedColour() : base * chance.number(0.5...0.85)
      (colours, scale) = ((base, other), chance.number(1...4))
    }
  }

  /// What a sweep of paper looks like: one quiet colour.
  init(paper chance: inout Chance) {
    let base = chance.happens(0.3) ? chance.vividColour() * 0.8 : chance.mutedColour()
    (kind, colours, scale, turn) = (.plaster, (base, base * 0.94), 0.8, SIMD2(1, 0))
    seed = chance.bits()
  }

  /// About the mean colour, for the light that the surface throws back.
  var mean: Vector { mix(colours.0, colours.1, 0.35) }

  /// The share of light sent back at a place.
  /// - Parameter footprint: what a pixel covers there.
  func albedo(_ place: SIMD2<Float>, footprint: Float) -> Vector {
    let turned = SIMD2(place.x * turn.x + place.y * turn.y, place.y * turn.x - place.x * turn.y)
    let (p, size) = (turned * scale, footprint * scale)
    let stain = 0.9 + 0.2 * Noise.value(p * 0.6, seed &+ 31)
    return pattern(p, size) * stain
  }

  private func pattern(_ p: SIMD2<Float>, _ size: Float) -> Vector {
    switch kind {
    case .plaster:
      return mix(
        colours.0, colours.1,
        0.5 + 0.35 * Noise.fractal(p * 1.3, octaves: 4, seed: seed, footprint: size * 1.3))
    case .wood: return wood(p, size)
    case .parquet:
      let block = floor(p.x) &+ floor(p.y)
      return wood((block & 1 == 0 ? p : SIMD2(p.y, p.x)) * 1.5, size * 1.5)
    case .tiles:
      let tone = 0.85 + 0.3 * Noise.cell(p, seed)
      let joint = max(Self.line(fraction(p.x), 0.035, size), Self.line(fraction(p.y), 0.035, size))
      return mix(colours.0 * mix(1, tone, 0.5), colours.1 * 0.6, joint)
    case .gingham:
      let share = (Self.half(p.x, size) + Self.half(p.y, size)) / 2
      return mix(colours.0, colours.1, share) * thread(p, size)
    case .stripes: return mix(colours.0, colours.1, Self.half(p.x, size)) * thread(p, size)
    case .dots:
      let row = floor(p.y)
      let q = SIMD2(fraction(p.x + (row & 1 == 0 ? 0.5 : 0)) - 0.5, fraction(p.y) - 0.5)
      let edge = max(size, 0.03)
      let share = smoothstep(0.26 + edge, 0.26 - edge, (q.x * q.x + q.y * q.y).squareRoot())
      return mix(colours.0, colours.1, mix(0.2, share, clamp(1.6 - size * 2)))
    case .weave: return mix(colours.0, colours.1, 0.3) * thread(p * 2.5, size * 2.5)
    case .marble:
      let drift = Noise.fractal(p, octaves: 4, seed: seed, footprint: size)
      let vein = 1 - abs(Noise.fractal(p * 0.7 + drift * 0.6, octaves: 3, seed: seed &+ 9, footprint: size))
      return mix(colours.0, colours.1, smoothstep(0.75, 1, vein) * 0.8 + 0.15 * drift)
    case .grass:
      let patch = Noise.fractal(p * 0.4, octaves: 2, seed: seed)
      let blade = Noise.fractal(p * SIMD2(7, 3), octaves: 2, seed: seed &+ 5, footprint: size * 5)
      return mix(colours.0, colours.1, clamp(0.5 + 0.4 * patch)) * (1 + 0.5 * blade)
    case .sand:
      let ripple = Noise.fractal(p * SIMD2(0.5, 1.5), octaves: 3, seed: seed, footprint: size)
      let grain = (Noise.value(p * 22, seed &+ 3) - 0.5) * clamp(1.5 - size * 22)
      return mix(colours.0, colours.1, clamp(0.4 + 0.35 * ripple)) * (1 + 0.35 * grain)
    case .bricks: return bricks(p, size)
    case .speckles:
      let grain = smoothstep(0.62, 0.72, Noise.value(p * 6, seed)) * clamp(1.6 - size * 6)
      return mix(colours.0, colours.1, grain)
        * (1 + 0.1 * Noise.fractal(p * 3, octaves: 2, seed: seed, footprint: size * 3))
    }
  }

  private func wood(_ p: SIMD2<Float>, _ size: Float) -> Vector {
    let plank = floor(p.y)
    let tone = Noise.cell(plank, 3, seed)
    let along = SIMD2(p.x * 0.35 + tone * 17, p.y)
    let drift = Noise.fractal(along * SIMD2(1, 1.6), octaves: 2, seed: seed &+ UInt32(bitPattern: plank))
    let rings = fraction(p.y * 4 + drift * 2.4)
    let fibre = Noise.fractal(SIMD2(p.x * 2, p.y * 26), octaves: 2, seed: seed, footprint: size * 14)
    let keep = clamp(1.5 - size * 5)
    let grain = mix(0.4, rings * rings, keep) * 0.75 + 0.22 * fibre
    let joint = Self.line(fraction(p.y), 0.02, size)
    return mix(colours.0, colours.1, clamp(grain + 0.3 * (tone - 0.5))) * (1 - 0.65 * joint)
  }

  private func bricks(_ p: SIMD2<Float>, _ size: Float) -> Vector {
    let row = floor(p.y * 2)
    let q = SIMD2(p.x + (row & 1 == 0 ? 0.5 : 0), p.y * 2)
    let joint = max(Self.line(fraction(q.x), 0.03, size), Self.line(fraction(q.y), 0.06, size * 2))
    let tone = 0.7 + 0.6 * Noise.cell(q, seed)
    let rough = 1 + 0.25 * Noise.fractal(p * 5, octaves: 2, seed: seed, footprint: size * 5)
    return mix(colours.0 * tone * rough, colours.1, joint)
  }

  /// The shade of crossing threads.
  private func thread(_ p: SIMD2<Float>, _ size: Float) -> Float {
    let keep = clamp(1.5 - size * 12)
    guard keep > 0 else { return 0.9 }
    let (a, b) = (abs(fraction(p.x * 6) - 0.5), abs(fraction(p.y * 6) - 0.5))
    return 0.9 + keep * 0.3 * (0.25 - a * b * 2)
  }

  /// 1 in the second half of a period, its edges as wide as a pixel.
  private static func half(_ x: Float, _ size: Float) -> Float {
    let wave = abs(fraction(x) - 0.5) * 2 - 0.5
    return mix(0.5, clamp(0.5 + wave / max(4 * size, 0.06)), clamp(2 - size * 2.5))
  }

  /// 1 within `width` of a whole number, its edge as wide as a pixel.
  private static func line(_ phase: Float, _ width: Float, _ size: Float) -> Float {
    let reach = max(size, 0.008)
    return smoothstep(width + reach, width - reach, min(phase, 1 - phase)) * min(1, 2 * width / reach)
  }
}
