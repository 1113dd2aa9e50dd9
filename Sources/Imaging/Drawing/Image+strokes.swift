extension Image {
  /// One band of 8 bits: 255 where a round brush has passed along the strokes, 0 elsewhere, with edges one pixel soft.
  ///
  /// A stroke of one point is a dot.
  /// - Parameter radius: of the brush, in pixels.
  /// - Throws: `ImagingError.invalid` for a stroke without points, or coordinates that are not finite.
  public static func strokes(_ strokes: [[Point]], radius: Double, width: Int, height: Int) throws -> Image {
    guard strokes.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.x.isFinite && $0.y.isFinite } }) else {
      throw ImagingError.invalid("a stroke has at least one point, with finite coordinates")
    }
    var pixels = [UInt8](repeating: 0, count: width * height)
    for stroke in strokes {
      for (start, end) in zip(stroke, stroke.dropFirst() + stroke.suffix(1)) {
        try Task.checkCancellation()
        let columns = span(start.x, end.x, radius, limit: width)
        for y in span(start.y, end.y, radius, limit: height) {
          for x in columns {
            let distance = distance(from: Point(x: Double(x) + 0.5, y: Double(y) + 0.5), to: start, end)
            let cover = min(max(radius - distance + 0.5, 0), 1)
            pixels[y * width + x] = max(pixels[y * width + x], UInt8((cover * 255).rounded()))
          }
        }
      }
    }
    return try Image(pixels: pixels, width: width, height: height, bands: 1)
  }

  private static func span(_ a: Double, _ b: Double, _ radius: Double, limit: Int) -> Range<Int> {
    let low = min(max((min(a, b) - radius - 1).rounded(.down), 0), Double(limit))
    let high = min(max((max(a, b) + radius + 1).rounded(.up), low), Double(limit))
    return Int(low)..<Int(high)
  }

  private static func distance(from point: Point, to start: Point, _ end: Point) -> Double {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let squared = dx * dx + dy * dy
    let along = squared > 0 ? ((point.x - start.x) * dx + (point.y - start.y) * dy) / squared : 0
    let t = min(max(along, 0), 1)
    let (x, y) = (point.x - start.x - t * dx, point.y - start.y - t * dy)
    return (x * x + y * y).squareRoot()
  }
}
