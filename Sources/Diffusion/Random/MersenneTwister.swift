/// The 32-bit Mersenne twister (mt19937), seeded and read as PyTorch's CPU generator does.
///
/// Source: Matsumoto and Nishimura, 1998.
struct MersenneTwister: Sendable {
  private static let size = 624
  private static let shift = 397

  private var state: [UInt32]
  private var position = size

  init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(MersenneTwister.size)
    for index in 1..<MersenneTwister.size {
      let previous = state[index - 1]
      state.append(1_812_433_253 &* (previous ^ previous >> 30) &+ UInt32(index))
    }
  }

  /// The next 32 bits.
  mutating func next() -> UInt32 {
    if position == MersenneTwister.size { refill() }
    var value = state[position]
    position += 1
    value ^= value >> 11
    value ^= value << 7 & 0x9D2C_5680
    value ^= value << 15 & 0xEFC6_0000
    return value ^ value >> 18
  }

  private mutating func refill() {
    let size = MersenneTwister.size
    for index in 0..<size {
      let mixed = state[index] & 0x8000_0000 | state[(index + 1) % size] & 0x7FFF_FFFF
      let twist: UInt32 = mixed & 1 == 0 ? 0 : 0x9908_B0DF
      state[index] = state[(index + MersenneTwister.shift) % size] ^ mixed >> 1 ^ twist
    }
    position = 0
  }
}
