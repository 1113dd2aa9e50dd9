/// The lattice points inside a triangle.
struct TriangleSpan {
  private let a: SIMD2<Float>
  private let b: SIMD2<Float>
  private let c: SIMD2<Float>

  init(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>) { (self.a, self.b, self.c) = (a, b, c) }

  /// Calls `body` with each point's index, row after row, and the corners' shares there.
  @inline(__always)
  func visit(width: Int, height: Int, _ body: (Int, Vector) -> Void) {
    let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    guard abs(area) > 1e-6 else { return }
    let scale = 1 / area
    let low = pointwiseMin(a, pointwiseMin(b, c))
    let high = pointwiseMax(a, pointwiseMax(b, c))
    // Points lie at the cells' middles.
    let (left, right) = (max(0, Int(floor(low.x + 0.5))), min(width - 1, Int(floor(high.x - 0.5))))
    let (top, bottom) = (max(0, Int(floor(low.y + 0.5))), min(height - 1, Int(floor(high.y - 0.5))))
    guard left <= right, top <= bottom else { return }
    let (across, down) = ((c - a) * scale, (b - a) * scale)
    for row in top...bottom {
      let y = Float(row) + 0.5 - a.y
      let start = row &* width
      for column in left...right {
        let x = Float(column) + 0.5 - a.x
        let second = x * across.y - y * across.x
        let third = y * down.x - x * down.y
        let first = 1 - second - third
        if first >= 0, second >= 0, third >= 0 { body(start &+ column, Vector(first, second, third)) }
      }
    }
  }
}
