/// A colour glyph's bitmap, made square.
struct GlyphPicture: Sendable {
  /// Columns and rows.
  let side: Int
  /// Red, green, blue, opacity, row after row from the top.
  let pixels: [UInt8]

  /// How opaque a place is, (u, v) in 0…1 with v upwards.
  func opacity(_ place: SIMD2<Float>) -> Float { sample(place).w }

  /// The ink's colour, linear RGB; outside, that of the nearest ink.
  func colour(_ place: SIMD2<Float>) -> Vector {
    let value = sample(place)
    let scale = 1 / max(value.w, 0.02)
    return Palette.linear(pointwiseMin(Vector(value.x, value.y, value.z) * scale, Vector(1, 1, 1)))
  }

  /// Colours times opacity, and opacity, between pixels.
  @inline(__always)
  private func sample(_ place: SIMD2<Float>) -> SIMD4<Float> {
    let x = max(0, min(place.x * Float(side) - 0.5, Float(side) - 1.001))
    let y = max(0, min((1 - place.y) * Float(side) - 0.5, Float(side) - 1.001))
    let (column, row) = (Int(x), Int(y))
    let (s, t) = (x - Float(column), y - Float(row))
    return pixels.withUnsafeBufferPointer { pixels in
      let pick = { (x: Int, y: Int) -> SIMD4<Float> in
        let start = (y * side + x) * 4
        let alpha = Float(pixels[start + 3]) / 255
        let scale = alpha / 255
        return SIMD4(
          Float(pixels[start]) * scale, Float(pixels[start + 1]) * scale, Float(pixels[start + 2]) * scale,
          alpha)
      }
      let top = pick(column, row) * (1 - s) + pick(column + 1, row) * s
      let low = pick(column, row + 1) * (1 - s) + pick(column + 1, row + 1) * s
      return top * (1 - t) + low * t
    }
  }
}
