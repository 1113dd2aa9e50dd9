/// The bits of the nearest IEEE half, ties to even; what is too large becomes infinity, a NaN stays one.
///
/// In whole numbers and without branches, so that the compiler does many at a time: `Float16(_:)` is a call for each
/// where the target has no such instruction.
@inline(__always)
func half(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  let magnitude = bits & 0x7FFF_FFFF
  // The smallest normal half is 2⁻¹⁴: exponents are biased by 15 instead of 127, and 13 bits are rounded away.
  let normal = (magnitude &- 112 << 23 &+ 0xFFF &+ (magnitude >> 13 & 1)) >> 13
  // Below it, adding 1/2 leaves the rounded multiple of 2⁻²⁴ in the lowest bits.
  let small = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3F00_0000
  let large: UInt32 = magnitude > 0x7F80_0000 ? 0x7E00 : 0x7C00
  let rounded = magnitude < 0x3880_0000 ? small : magnitude >= 0x477F_F000 ? large : normal
  return UInt16(truncatingIfNeeded: bits >> 16 & 0x8000 | rounded)
}

/// The bits of the nearest bfloat16, ties to even; a NaN stays one.
@inline(__always)
func bfloat16(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  let rounded = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
  return UInt16(truncatingIfNeeded: bits & 0x7FFF_FFFF > 0x7F80_0000 ? bits >> 16 | 0x40 : rounded)
}
