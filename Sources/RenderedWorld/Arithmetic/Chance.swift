import Foundations

/// Random draws in the numbers that pictures are computed in.
struct Chance {
  private var generator: SeededGenerator

  /// The stream of that name for that seed.
  init(seed: Int, stream: String) { generator = SeededGenerator(seed: seed, stream: stream) }

  /// 53 random bits, for further streams.
  mutating func seed() -> Int { Int(generator.next() >> 11) }

  /// 32 random bits, for noise.
  mutating func bits() -> UInt32 { UInt32(truncatingIfNeeded: generator.next() >> 32) }

  /// Evenly spread over a range.
  mutating func number(_ range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * Float(generator.next() >> 40) * 0x1p-24
  }

  /// Evenly spread over a range.
  mutating func count(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(generator.uniform() * Double(range.count))
  }

  /// True with that probability.
  mutating func happens(_ probability: Float) -> Bool { number(0...1) < probability }

  /// One of these.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[count(0...choices.count - 1)] }
}
