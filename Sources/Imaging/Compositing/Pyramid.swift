/// The two steps of an image pyramid.
///
/// Source: P. Burt, E. Adelson, "The Laplacian Pyramid as a Compact Image Code", 1983, with the weights 1 4 6 4 1.
extension Plane {
  /// Half the size, rounded up: smoothed, every other value kept. Edge values are repeated beyond the edge.
  func reduced() -> Plane {
    let (newWidth, newHeight) = ((width + 1) / 2, (height + 1) / 2)
    var rows = [Float](repeating: 0, count: newWidth * height)
    for y in 0..<height {
      for x in 0..<newWidth {
        rows[y * newWidth + x] = Self.smoothed { values[y * width + min(max(2 * x + $0, 0), width - 1)] }
      }
    }
    var result = [Float](repeating: 0, count: newWidth * newHeight)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        result[y * newWidth + x] = Self.smoothed { rows[min(max(2 * y + $0, 0), height - 1) * newWidth + x] }
      }
    }
    return Plane(width: newWidth, height: newHeight, values: result)
  }

  /// Twice the size, to exactly `width`×`height`.
  func expanded(width newWidth: Int, height newHeight: Int) -> Plane {
    var rows = [Float](repeating: 0, count: newWidth * height)
    for y in 0..<height {
      for x in 0..<newWidth {
        rows[y * newWidth + x] = Self.between(x) { values[y * width + min(max($0, 0), width - 1)] }
      }
    }
    var result = [Float](repeating: 0, count: newWidth * newHeight)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        result[y * newWidth + x] = Self.between(y) { rows[min(max($0, 0), height - 1) * newWidth + x] }
      }
    }
    return Plane(width: newWidth, height: newHeight, values: result)
  }

  private static func smoothed(_ value: (Int) -> Float) -> Float {
    (value(-2) + value(2) + 4 * (value(-1) + value(1)) + 6 * value(0)) / 16
  }

  private static func between(_ place: Int, _ value: (Int) -> Float) -> Float {
    let middle = place / 2
    return place % 2 == 0
      ? (value(middle - 1) + 6 * value(middle) + value(middle + 1)) / 8
      : (value(middle) + value(middle + 1)) / 2
  }
}
