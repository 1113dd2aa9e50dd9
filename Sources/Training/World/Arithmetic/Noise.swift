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
    let mixed = UInt32(bitPattern: x) &* 0x9e37_79b1 ^ UInt32(bitPattern: y) &* 0x85eb_ca77 &+ seed
    return Float(hash(mixed) >> 8) * 0x1p-24
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
    let low = mix(cell(x, y, seed), cell(x &+ 1, y, seed), u.x)
    let high = mix(cell(x, y &+ 1, seed), cell(x &+ 1, y &+ 1, seed), u.x)
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

  /// Rounds down, without the call into the C library that `rounded` may cost.
  @inline(__always)
  static func floor(_ x: Float) -> Int32 {
    let whole = Int32(x)
    return Float(whole) > x ? whole &- 1 : whole
  }
}
