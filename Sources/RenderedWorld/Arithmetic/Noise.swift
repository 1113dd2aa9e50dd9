/// Random patterns fixed in the plane: the same place and seed always give the same value.
enum Noise {
  /// Scrambles the bits of an integer.
  @inline(__always)
  static func hash(_ value: UInt32) -> UInt32 {
    var x = value
    x = (x ^ (x >> 16)) &* 0x21f0_aaad
    x = (x ^ (x >> 15)) &* 0x735a_2d97
    return x ^ (x >> 15)
  }

  /// A number in 0..<1 for each cell of the integer lattice.
  @inline(__always)
  static func cell(_ x: Int32, _ y: Int32, _ seed: UInt32) -> Float {
    unit(UInt32(bitPattern: x) &* Self.stepX &+ UInt32(bitPattern: y) &* Self.stepY &+ seed)
  }

  private static let stepX: UInt32 = 0x9e37_79b1
  private static let stepY: UInt32 = 0x85eb_ca77

  /// Bits scrambled just enough for the upper ones to look random.
  @inline(__always)
  private static func unit(_ bits: UInt32) -> Float {
    let x = (bits ^ (bits >> 15)) &* 0x735a_2d97
    return Float(Int32(truncatingIfNeeded: (x ^ (x >> 14)) & 0xff_ffff)) * 0x1p-24
  }

  /// A number in 0..<1 for the cell that a place lies in.
  @inline(__always)
  static func cell(_ place: SIMD2<Float>, _ seed: UInt32) -> Float {
    cell(floor(place.x), floor(place.y), seed)
  }

  /// Smooth noise in 0…1 with one independent value a unit.
  @inline(__always)
  static func value(_ place: SIMD2<Float>, _ seed: UInt32) -> Float {
    let (x, y) = (floor(place.x), floor(place.y))
    let near = SIMD2(place.x - Float(x), place.y - Float(y))
    let u = near * near * (3 - 2 * near)
    let corner = UInt32(bitPattern: x) &* stepX &+ UInt32(bitPattern: y) &* stepY &+ seed
    let low = mix(unit(corner), unit(corner &+ stepX), u.x)
    let high = mix(unit(corner &+ stepY), unit(corner &+ stepX &+ stepY), u.x)
    return mix(low, high, u.y)
  }

  /// Octaves of noise about 0, mostly in −1…1, each twice as fine and half as strong as the one before.
  /// - Parameter footprint: what a pixel covers; octaves finer than that are left out, for they would flicker.
  static func fractal(_ place: SIMD2<Float>, octaves: Int, seed: UInt32, footprint: Float = 0) -> Float {
    var (sum, strength, size): (Float, Float, Float) = (0, 1, 1)
    var p = place
    for octave in 0..<octaves {
      let share = clamp(1.6 - footprint * size * 2)
      if share <= 0 { break }
      sum += (value(p, seed &+ UInt32(octave) &* 0x51) * 2 - 1) * strength * share
      // The turn keeps the octaves' lattices from lining up.
      p = SIMD2(p.x * 1.6 - p.y * 1.2, p.x * 1.2 + p.y * 1.6) + 7.3
      (strength, size) = (strength * 0.5, size * 2)
    }
    return sum
  }

  /// Smooth noise in 0…1 in space.
  static func value(_ place: Vector, _ seed: UInt32) -> Float {
    let z = floor(place.z)
    let t = place.z - Float(z)
    let plane = SIMD2(place.x, place.y)
    let low = value(plane, seed &+ UInt32(bitPattern: z) &* 0xc2b2_ae3d)
    let high = value(plane, seed &+ UInt32(bitPattern: z &+ 1) &* 0xc2b2_ae3d)
    return mix(low, high, t * t * (3 - 2 * t))
  }
}
