extension Image {
  /// One band of 8 bits: 255 inside a polygon, 0 outside. A pixel is inside when its middle is; with `isSmooth`,
  /// pixels on the edge get the share of them that is inside, measured on 4×16 places.
  ///
  /// What the outline goes around in either direction is inside, so that an outline crossing itself leaves no hole
  /// (the nonzero winding rule).
  /// - Throws: `ImagingError.invalid` for fewer than three points, or coordinates that are not finite.
  public static func polygon(_ points: [Point], width: Int, height: Int, isSmooth: Bool = false) throws
    -> Image
  {
    guard points.count >= 3, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
      throw ImagingError.invalid("a polygon has at least three points, with finite coordinates")
    }
    let edges = zip(points, points.dropFirst() + points.prefix(1)).filter { $0.y != $1.y }
    let rows = isSmooth ? 4 : 1
    let columns = isSmooth ? 16 : 1
    var pixels = [UInt8](repeating: 0, count: width * height)
    var covered = [Int](repeating: 0, count: width)
    for y in 0..<height {
      try Task.checkCancellation()
      for x in 0..<width { covered[x] = 0 }
      for row in 0..<rows {
        let level = Double(y) + (Double(row) + 0.5) / Double(rows)
        for span in spans(of: edges, at: level) {
          cover(&covered, span, columns: columns)
        }
      }
      for x in 0..<width {
        pixels[y * width + x] = UInt8((covered[x] * 255 + rows * columns / 2) / (rows * columns))
      }
    }
    return try Image(pixels: pixels, width: width, height: height, bands: 1)
  }

  /// The stretches of a horizontal line that lie inside.
  private static func spans(of edges: [(Point, Point)], at level: Double) -> [ClosedRange<Double>] {
    var crossings: [(x: Double, direction: Int)] = []
    for (a, b) in edges where (a.y <= level) != (b.y <= level) {
      crossings.append((a.x + (level - a.y) / (b.y - a.y) * (b.x - a.x), a.y < b.y ? 1 : -1))
    }
    crossings.sort { $0.x < $1.x }
    var spans: [ClosedRange<Double>] = []
    var winding = 0
    var start = 0.0
    for crossing in crossings {
      if winding == 0 { start = crossing.x }
      winding += crossing.direction
      if winding == 0 { spans.append(start...crossing.x) }
    }
    return spans
  }

  /// Counts, for each pixel, the middles of its `columns` parts that lie in the span.
  private static func cover(_ covered: inout [Int], _ span: ClosedRange<Double>, columns: Int) {
    let scale = Double(columns)
    let limit = Double(covered.count * columns)
    let first = Int(min(max((span.lowerBound * scale - 0.5).rounded(.up), 0), limit))
    let end = Int(min(max((span.upperBound * scale - 0.5).rounded(.up), 0), limit))
    guard first < end else { return }
    for x in (first / columns)...((end - 1) / columns) {
      covered[x] += min(end, (x + 1) * columns) - max(first, x * columns)
    }
  }
}
