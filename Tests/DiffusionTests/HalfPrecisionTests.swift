import Testing

@testable import Diffusion

@Suite("narrow floats")
struct HalfPrecisionTests {
  /// Every 521st single, and those around every half: halfway points, the largest, the smallest, infinity, NaN.
  private var singles: [Float] {
    let spread = stride(from: UInt32(0), to: .max - 521, by: 521 * 61).map { Float(bitPattern: $0) }
    let around = (UInt16.min...(.max)).flatMap { bits -> [Float] in
      let bits = Float(Float16(bitPattern: bits)).bitPattern
      return [bits &- 1, bits, bits &+ 1, bits &+ 0xFFF, bits &+ 0x1000, bits &+ 0x1001].map {
        Float(bitPattern: $0)
      }
    }
    return spread + around + [
      .infinity, -.infinity, 65519.99, 65520, 5.960464e-08, 2.9802322e-08, 2.98023224e-08, -0.0,
    ]
  }

  @Test("halves are those the language makes, NaN apart, which stays NaN")
  func halves() {
    let wrong = singles.filter { value in
      let (ours, theirs) = (Float16(bitPattern: half(value)), Float16(value))
      return value.isNaN ? !ours.isNaN : ours.bitPattern != theirs.bitPattern
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  @Test("a bfloat16 is the nearest, the even one of two")
  func bfloats() {
    let wrong = singles.filter { value in
      let ours = Float(bitPattern: UInt32(bfloat16(value)) << 16)
      guard value.isFinite, ours.isFinite else { return value.isNaN ? !ours.isNaN : ours.isFinite }
      let (below, above) = (value.bitPattern & 0xFFFF_0000, (value.bitPattern & 0xFFFF_0000) + 0x1_0000)
      let (low, high) = (Double(Float(bitPattern: below)), Double(Float(bitPattern: above)))
      let (down, up) = (abs(Double(value) - low), abs(high - Double(value)))
      let isEven = below & 0x1_0000 == 0
      return ours.bitPattern != (down < up || down == up && isEven ? below : above)
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }
}
