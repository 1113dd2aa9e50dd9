/// Heights worked out beforehand on a square grid, where asking the formula at every step would be slow.
struct HeightMap: Sendable {
  private let origin: SIMD2<Float>
  private let pitch: Float
  private let columns: Int
  private let rows: Int
  private let values: [Float]

  /// Covers the rectangle from `low` to `high` in (x, z), with one height every `pitch` decimetres.
  init(from low: SIMD2<Float>, to high: SIMD2<Float>, pitch: Float, height: (Float, Float) -> Float) {
    origin = low
    self.pitch = pitch
    columns = Int(((high.x - low.x) / pitch).rounded(.up)) + 1
    rows = Int(((high.y - low.y) / pitch).rounded(.up)) + 1
    values = (0..<columns * rows).map { [columns] index in
      height(low.x + Float(index % columns) * pitch, low.y + Float(index / columns) * pitch)
    }
  }

  /// Between the grid's points; nil outside the rectangle.
  func height(_ x: Float, _ z: Float) -> Float? {
    let u = (x - origin.x) / pitch
    let v = (z - origin.y) / pitch
    guard u >= 0, v >= 0, u < Float(columns - 1), v < Float(rows - 1) else { return nil }
    let column = Int(u)
    let row = Int(v)
    return values.withUnsafeBufferPointer { values in
      let corner = row * columns + column
      let s = u - Float(column)
      let near = mix(values[corner], values[corner + 1], s)
      let far = mix(values[corner + columns], values[corner + columns + 1], s)
      return mix(near, far, v - Float(row))
    }
  }
}
