import Foundation

/// PyTorch's CPU random generator, bit for bit: `torch.Generator().manual_seed(seed)` and what `torch.randn`
/// and `torch.rand` then give for `float32`.
///
/// Of a seed only the low 32 bits count, as in PyTorch. Below 16 values `randn` goes through double
/// precision and keeps the second of each pair for the next call; from 16 on it fills blocks of 16 in single
/// precision with the polynomials of PyTorch's AVX2 kernel, which every x86 processor of the last decade
/// runs (AVX-512 ones too).
/// Source: the behaviour of torch 2, checked against fixtures it wrote.
package struct TorchGenerator: Sendable {
  private var twister: MersenneTwister
  /// The second of a pair of normal numbers, kept for the next call of fewer than 16.
  private var spare: Double?

  /// A generator with a seed; a negative one counts from 2⁶⁴ down.
  package init(seed: Int) { twister = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed)) }

  /// Numbers uniform in [0, 1): `torch.rand(count)`.
  package mutating func uniform(count: Int) -> [Float] { (0..<count).map { _ in uniform() } }

  /// Numbers of the standard normal distribution: `torch.randn(count)`, whatever the shape.
  package mutating func normal(count: Int) -> [Float] {
    if count < 16 { return (0..<count).map { _ in Float(normal()) } }
    var values = uniform(count: count)
    for start in stride(from: 0, through: count - 16, by: 16) { BoxMuller.transform(&values, at: start) }
    if !count.isMultiple(of: 16) {
      for index in count - 16..<count { values[index] = uniform() }
      BoxMuller.transform(&values, at: count - 16)
    }
    return values
  }

  /// Passes over what `normal(count:)` would give, without computing it.
  mutating func skipNormal(count: Int) {
    guard count >= 16 else {
      _ = normal(count: count)
      return
    }
    twister.skip(count.isMultiple(of: 16) ? count : count + 16)
  }

  /// 24 random bits.
  private mutating func uniform() -> Float { Float(twister.next() & 0xFF_FFFF) * 0x1p-24 }

  /// 53 random bits.
  private mutating func uniformDouble() -> Double {
    let high = UInt64(twister.next()) << 32
    return Double((high | UInt64(twister.next())) & (1 << 53 - 1)) * 0x1p-53
  }

  private mutating func normal() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    let angle = 2 * Double.pi * uniformDouble()
    let radius = (-2 * log1p(-uniformDouble())).squareRoot()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
