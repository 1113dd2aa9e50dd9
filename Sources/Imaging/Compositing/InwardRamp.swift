/// How far inside a mask pixels lie, and the ramp of a soft edge that follows from it.
///
/// Depth is measured from a pixel's centre to the mask's boundary, which runs midway between pixels: half a pixel less
/// than to the nearest centre outside (exact at straight upright edges, within 0.21 pixels at any other). The
/// picture's edge is no boundary.
struct InwardRamp {
  private let columns: Int
  /// Row after row: 0 outside, infinity where nothing is outside.
  private let depths: [Float]

  init(isInside: [Bool], width: Int, height: Int) throws {
    columns = width
    let outside = try DistanceTransform(isMarked: isInside.map { !$0 }, width: width, height: height)
    depths = outside.squared.map { squared in
      squared == 0
        ? 0 : squared == DistanceTransform.unreachable ? .infinity : Float(squared).squareRoot() - 0.5
    }
  }

  /// The largest depth; 0 for an empty mask.
  var depth: Double { Double(depths.max() ?? 0) }

  /// From 0 outside to 1 at a depth of `width` pixels, and at the middle of parts that are nowhere that deep: a part's
  /// ramp is as wide as the part is deep. Where thin parts join thicker ones, the ramp's width passes from one to the
  /// other within about `width` pixels.
  func values(width: Double) throws -> [Float] {
    guard width > 0 else { return depths.map { $0 > 0 ? 1 : 0 } }
    let widths = try widths(upTo: Float(width))
    return zip(depths, widths).map { $0 > 0 ? min($0 / $1, 1) : 0 }
  }

  /// The depth that is to be had near each pixel: less by what every step on the way there rises too little. On the
  /// bisector of a right angle, or of any wider one, depth rises enough, so boxes and discs have the full ramp all around.
  private func widths(upTo limit: Float) throws -> [Float] {
    var widths = depths.map { min($0, limit) }
    let slope = depths.indices.filter { depths[$0] > 0 && depths[$0] < limit }
    // Passes there and back, as a chamfer distance is found, until nothing changes.
    var hasChanged = true
    while hasChanged {
      try Task.checkCancellation()
      hasChanged = false
      for pixel in slope where raise(pixel, sense: -1, &widths) { hasChanged = true }
      for pixel in slope.reversed() where raise(pixel, sense: 1, &widths) { hasChanged = true }
    }
    return widths
  }

  /// Raises a pixel's width to what the neighbours before it (`sense` −1) or after it offer.
  private func raise(_ pixel: Int, sense: Int, _ widths: inout [Float]) -> Bool {
    let column = pixel % columns
    var best = widths[pixel]
    for (x, y, length) in Self.steps where (0..<columns).contains(column + sense * x) {
      let next = pixel + sense * (y * columns + x)
      guard depths.indices.contains(next), depths[next] > 0 else { continue }
      best = max(best, widths[next] - max(0, length - Self.right * (depths[next] - depths[pixel])))
    }
    defer { widths[pixel] = best }
    return best > widths[pixel]
  }

  /// To half of the eight neighbours; a tenth shorter than they are, since no path over a grid is as short as the
  /// straight line.
  private static let steps: [(x: Int, y: Int, length: Float)] = [
    (1, 0, 0.9), (-1, 1, right), (0, 1, 0.9), (1, 1, right),
  ]
  private static let right: Float = 0.9 * 1.414_214
}
