import Foundation

/// Random patterns fixed in space: the same point always gives the same value.
enum Noise {
  /// Scrambles the bits of an integer.
  static func hash(_ value: UInt32) -> UInt32 {
    var x = value
    x ^= x >> 16
    x &*= 0x7feb_352d
    x ^= x >> 15
    x &*= 0x846c_a68b
    x ^= x >> 16
    return x
  }

  /// A number in 0..<1 for each cell of an integer lattice.
  static func cell(_ x: Int32, _ y: Int32, _ z: Int32) -> Float {
    Float(hash(lattice(x, y, z)) >> 8) * 0x1p-24
  }

  /// Gradient noise (Perlin 2002) in about −1...1.
  static func gradient(_ p: Vector) -> Float {
    let (x, y, z) = (floor(p.x), floor(p.y), floor(p.z))
    let near = Vector(p.x - Float(x), p.y - Float(y), p.z - Float(z))
    let far = near - 1
    let (x0, x1) = (UInt32(bitPattern: x) &* 0x8da6_b343, UInt32(bitPattern: x &+ 1) &* 0x8da6_b343)
    let (y0, y1) = (UInt32(bitPattern: y) &* 0xd816_3841, UInt32(bitPattern: y &+ 1) &* 0xd816_3841)
    let (z0, z1) = (UInt32(bitPattern: z) &* 0xcb1a_b31f, UInt32(bitPattern: z &+ 1) &* 0xcb1a_b31f)
    let u = near * near * near * (near * (near * 6 - 15) + 10)
    let a = mix(slope(x0 ^ y0 ^ z0, near.x, near.y, near.z), slope(x1 ^ y0 ^ z0, far.x, near.y, near.z), u.x)
    let b = mix(slope(x0 ^ y1 ^ z0, near.x, far.y, near.z), slope(x1 ^ y1 ^ z0, far.x, far.y, near.z), u.x)
    let c = mix(slope(x0 ^ y0 ^ z1, near.x, near.y, far.z), slope(x1 ^ y0 ^ z1, far.x, near.y, far.z), u.x)
    let d = mix(slope(x0 ^ y1 ^ z1, near.x, far.y, far.z), slope(x1 ^ y1 ^ z1, far.x, far.y, far.z), u.x)
    return mix(mix(a, b, u.y), mix(c, d, u.y), u.z)
  }

  /// Octaves of gradient noise, each twice as fine and half as strong as the one before.
  static func fractal(_ p: Vector, octaves: Int) -> Float {
    var sum: Float = 0
    var strength: Float = 0.5
    var q = p
    for _ in 0..<octaves {
      sum += gradient(q) * strength
      strength *= 0.5
      // The turn keeps the octaves' lattices from lining up.
      q = Vector(q.x * 1.6 + q.z * 1.2, q.y * 2, q.z * 1.6 - q.x * 1.2) + 17.3
    }
    return sum
  }

  /// The distance to the nearest of points strewn one per unit cell, and a number of that point's own.
  static func points(_ p: Vector) -> (distance: Float, number: Float) {
    let floor = p.rounded(.down)
    let base = SIMD3(Int32(floor.x), Int32(floor.y), Int32(floor.z))
    var best: (distance: Float, number: Float) = (.infinity, 0)
    for dz in Int32(-1)...1 {
      for dy in Int32(-1)...1 {
        for dx in Int32(-1)...1 {
          let c = base &+ SIMD3(dx, dy, dz)
          let number = lattice(c.x, c.y, c.z)
          let jitter = Vector(unit(number), unit(number &+ 0x51), unit(number &+ 0xa7))
          let distance = length(Vector(Float(c.x), Float(c.y), Float(c.z)) + jitter - p)
          if distance < best.distance { best = (distance, unit(number &+ 0x1d3)) }
        }
      }
    }
    return best
  }

  private static func unit(_ value: UInt32) -> Float { Float(hash(value) >> 8) * 0x1p-24 }

  private static func lattice(_ x: Int32, _ y: Int32, _ z: Int32) -> UInt32 {
    UInt32(bitPattern: x) &* 0x8da6_b343 ^ UInt32(bitPattern: y) &* 0xd816_3841
      ^ UInt32(bitPattern: z) &* 0xcb1a_b31f
  }

  /// Rounds down, without the call into the C library that `rounded` costs.
  private static func floor(_ x: Float) -> Int32 {
    let whole = Int32(x)
    return Float(whole) > x ? whole &- 1 : whole
  }

  /// One of twelve edge directions, chosen by the corner's hash, times the offset (x, y, z).
  /// Bit masks choose, as the processor could not foresee branches.
  private static func slope(_ corner: UInt32, _ x: Float, _ y: Float, _ z: Float) -> Float {
    let h = hash(corner) & 15
    let high = 0 &- (h >> 3)
    let low: UInt32 = h < 4 ? .max : 0
    let last: UInt32 = h & 13 == 12 ? .max : 0
    let u = x.bitPattern & ~high | y.bitPattern & high
    let v = y.bitPattern & low | x.bitPattern & last | z.bitPattern & ~(low | last)
    return Float(bitPattern: u ^ h << 31) + Float(bitPattern: v ^ (h & 2) << 30)
  }
}
