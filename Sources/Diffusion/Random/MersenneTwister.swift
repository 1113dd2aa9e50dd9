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

  /// Passes over so many numbers, about a nanosecond each.
  mutating func skip(_ count: Int) {
    var count = count
    while count > 0 {
      if position == MersenneTwister.size { refill() }
      let passed = min(count, MersenneTwister.size - position)
      position += passed
      count -= passed
    }
  }

  private mutating func refill() {
    let (size, shift) = (MersenneTwister.size, MersenneTwister.shift)
    state.withUnsafeMutableBufferPointer { state in
      func twisted(_ index: Int, next: Int) -> UInt32 {
        let mixed = state[index] & 0x8000_0000 | state[next] & 0x7FFF_FFFF
        return mixed >> 1 ^ (mixed & 1) &* 0x9908_B0DF
      }
      for index in 0..<size - shift { state[index] = state[index + shift] ^ twisted(index, next: index + 1) }
      for index in size - shift..<size - 1 {
        state[index] = state[index + shift - size] ^ twisted(index, next: index + 1)
      }
      state[size - 1] = state[shift - 1] ^ twisted(size - 1, next: 0)
    }
    position = 0
  }
}
