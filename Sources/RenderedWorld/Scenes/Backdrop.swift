/// Everything behind the objects: the ground they stand on, and a wall or the sky.
struct Backdrop {
  enum Distance {
    /// A wall that many units behind the middle.
    case wall(Texture, distance: Float)
    /// Paper that bends up from the ground that many units behind the middle.
    case sweep(distance: Float)
    /// Open country.
    case sky(horizon: Vector, zenith: Vector, hills: Vector)
  }

  /// A blurred thing far off: a box on the wall in its units.
  struct Clutter {
    var centre: SIMD2<Float>
    var half: SIMD2<Float>
    var colour: Vector
  }

  let ground: Texture
  let distance: Distance
  let clutter: [Clutter]
  /// How unsharp what lies far off is, in pixels of a picture 128 wide.
  let blur: Float
  /// How strongly leaves or blinds break the light up.
  let dapple: Float
  let seed: UInt32

  var isOutdoors: Bool { if case .sky = distance { true } else { false } }

  init(_ chance: inout Chance) {
    seed = chance.bits()
    blur = chance.number(0.5...4)
    dapple = chance.happens(0.25) ? chance.number(0.3...0.8) : 0
    switch chance.count(0...9) {
    case 0, 1:
      ground = Texture(paper: &chance)
      distance = .sweep(distance: chance.number(1...2.5))
      clutter = []
    case 2, 3, 4:
      ground = Texture(Texture.grounds, &chance)
      let blue = Palette.colour(
        hue: chance.number(0.52...0.62), saturation: chance.number(0.3...0.75),
        brightness: chance.number(0.8...1))
      let glow = chance.happens(0.3) ? Vector(0.95, 0.62, 0.4) : Vector(0.9, 0.9, 0.88)
      let pale = mix(blue, glow, chance.number(0.35...0.85))
      let hills = mix(chance.leafColour() * 0.6, pale, chance.number(0.1...0.6))
      distance = .sky(horizon: pale, zenith: blue, hills: hills)
      clutter = []
    default:
      ground = Texture(Texture.floors, &chance)
      let far = chance.number(1.2...5)
      distance = .wall(Texture(Texture.walls, &chance), distance: far)
      clutter = (0..<(chance.happens(0.5) ? chance.count(1...6) : 0)).map { _ in
        Clutter(
          centre: SIMD2(chance.number(-1...1) * (2 + far), chance.number(0...2.5)),
          half: SIMD2(chance.number(0.1...0.9), chance.number(0.15...1)), colour: chance.colour() * 0.7)
      }
    }
  }

  /// What the broken light leaves at a place, 0…1.
  @inline(__always)
  func dappled(_ place: SIMD2<Float>) -> Float {
    guard dapple > 0 else { return 1 }
    let leaves = Noise.fractal(place * 1.1, octaves: 2, seed: seed &+ 77)
    return 1 - dapple * smoothstep(0.15, -0.25, leaves)
  }

  /// Something far off, softly edged.
  /// - Parameter soft: the edge's width in the wall's units.
  func cluttered(_ colour: Vector, _ place: SIMD2<Float>, soft: Float) -> Vector {
    var colour = colour
    for thing in clutter {
      let offset = place - thing.centre
      let gap = SIMD2(abs(offset.x), abs(offset.y)) - thing.half
      let share = smoothstep(soft, -soft, gap.x) * smoothstep(soft, -soft, gap.y)
      colour = mix(colour, thing.colour, share)
    }
    return colour
  }

  /// The light of open country along a ray.
  func country(_ way: Vector, horizon: Vector, zenith: Vector, hills: Vector) -> Vector {
    let flat = (way.x * way.x + way.z * way.z).squareRoot()
    let (slope, side) = (way.y / flat, way.x / flat)
    var colour = mix(horizon, zenith, smoothstep(0, 0.7, slope))
    let cloud = Noise.fractal(SIMD2(side * 3, slope * 9), octaves: 3, seed: seed)
    colour = mix(colour, Vector(0.95, 0.95, 0.96), smoothstep(0.25, 0.9, cloud) * 0.8)
    let crest = 0.03 + 0.09 * Noise.fractal(SIMD2(side * 4, 0.5), octaves: 3, seed: seed &+ 3) + 0.04
    let tree = 0.8 + 0.3 * Noise.fractal(SIMD2(side * 30, slope * 30), octaves: 2, seed: seed &+ 4)
    return mix(colour, mix(hills * tree, horizon, 0.25), smoothstep(crest + 0.012, crest - 0.012, slope))
  }
}
