/// Well-spread random numbers for one sample of one pixel: Sobol' points, shuffled and scrambled
/// anew for each pair of dimensions (Burley, "Practical Hash-based Owen Scrambling", JCGT 2020).
struct Sampler {
  private let seed: UInt32
  private let index: UInt32
  private var dimension: UInt32 = 0

  init(seed: UInt32, pixel: UInt32, index: UInt32) {
    self.seed = Noise.hash(pixel &+ Noise.hash(seed))
    self.index = index
  }

  /// Two numbers in 0..<1.
  mutating func pair() -> SIMD2<Float> {
    dimension &+= 1
    let key = Noise.hash(seed ^ dimension &* 0x9e37_79b9)
    let shuffled = Self.scramble(Self.reversed(index), key)
    let place = Self.reversed(shuffled)
    let x = Self.scramble(place, Noise.hash(key ^ 0x68bc_21eb))
    let y = Self.scramble(Self.reversed(Self.secondDimension(place)), Noise.hash(key ^ 0x02e5_be93))
    return SIMD2(Self.unit(Self.reversed(x)), Self.unit(Self.reversed(y)))
  }

  /// One number in 0..<1.
  mutating func single() -> Float { pair().x }

  private static func unit(_ bits: UInt32) -> Float { Float(bits >> 8) * 0x1p-24 }

  /// Owen scrambling of a bit-reversed number, by the Laine–Karras permutation.
  private static func scramble(_ value: UInt32, _ key: UInt32) -> UInt32 {
    var x = value &+ key
    x ^= x &* 0x6c50_b47c
    x ^= x &* 0xb82f_1e52
    x ^= x &* 0xc7af_e638
    x ^= x &* 0x8d22_f6e6
    return x
  }

  /// The second Sobol' dimension, whose direction numbers are the rows of Pascal's triangle mod 2.
  private static func secondDimension(_ index: UInt32) -> UInt32 {
    var rest = index
    var direction: UInt32 = 1 << 31
    var result: UInt32 = 0
    while rest != 0 {
      if rest & 1 != 0 { result ^= direction }
      direction ^= direction >> 1
      rest >>= 1
    }
    return result
  }

  private static func reversed(_ value: UInt32) -> UInt32 {
    var x = value
    x = (x & 0x5555_5555) << 1 | (x >> 1) & 0x5555_5555
    x = (x & 0x3333_3333) << 2 | (x >> 2) & 0x3333_3333
    x = (x & 0x0f0f_0f0f) << 4 | (x >> 4) & 0x0f0f_0f0f
    return x.byteSwapped
  }
}
