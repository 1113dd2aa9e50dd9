/// A stream of random numbers fixed by a seed and a name, the same on every machine (SplitMix64, Steele et al. 2014).
///
/// Stages draw from streams of different names, so that a draw more in one never shifts another.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream of that name for that seed.
  public init(seed: Int, stream: String = "") {
    // FNV-1a of the name, so that streams of one seed are unrelated.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    state = UInt64(bitPattern: Int64(seed)) ^ hash
    // One step, so that close seeds do not give close first numbers.
    state = next()
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  /// A number from 0 up to but not including 1, of 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from `range`, evenly spread.
  public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }
}
