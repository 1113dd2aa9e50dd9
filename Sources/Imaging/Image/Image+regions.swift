extension Image {
  /// The separate parts of a mask, the largest first, of equal ones the one whose first pixel comes first, row after
  /// row. Each has the mask's values in its own pixels and 0 elsewhere.
  ///
  /// One band of 8 bits. A part is what touches, also at corners, in pixels above 0.
  /// - Throws: what decoding meets; `CancellationError`.
  public func parts(monitor: EvaluationMonitor? = nil) throws -> MaskParts {
    let values = try pixels(as: UInt8.self, monitor: monitor)
    return MaskParts(
      values: values,
      regions: try ConnectedRegions(isMarked: values.map { $0 > 0 }, width: width, height: height),
      width: width, height: height)
  }

  /// The mask with its holes filled: no pixel is less than what every way from it to the picture's edge passes, from
  /// side to side. Where a soft edge surrounds a hole, the hole and that edge's inner slope become as full as the edge
  /// at its weakest.
  ///
  /// One band of 8 bits. Source: P. Soille, "Morphological Image Analysis", 2003, 6.3.7, by the priority flood of
  /// R. Barnes et al., 2014.
  /// - Throws: what decoding meets; `CancellationError`.
  public func holesFilled(monitor: EvaluationMonitor? = nil) throws -> Image {
    var flood = try PriorityFlood(pixels(as: UInt8.self, monitor: monitor), width: width, height: height)
    return try Image(
      pixels: flood.filled(), width: width, height: height, bands: 1, interpretation: interpretation)
  }
}

/// The separate parts of a mask.
public struct MaskParts: Sendable {
  fileprivate let values: [UInt8]
  fileprivate let regions: ConnectedRegions
  fileprivate let width: Int
  fileprivate let height: Int

  /// How many there are.
  public var count: Int { regions.regions.count }

  /// A part of the mask, and the mask without it.
  /// - Parameter index: from 0, the largest.
  public func part(_ index: Int) throws -> (part: Image, rest: Image) {
    // Regions come in order of position, and the sort is told to keep it.
    let order = regions.regions.sorted { ($1.count, $0.label) < ($0.count, $1.label) }
    let label = order[index].label
    let part = zip(values, regions.labels).map { $1 == label ? $0 : 0 }
    let rest = zip(values, regions.labels).map { $1 == label ? 0 : $0 }
    return (try mask(part), try mask(rest))
  }

  private func mask(_ values: [UInt8]) throws -> Image {
    try Image(pixels: values, width: width, height: height, bands: 1)
  }
}

/// Water that comes in from a picture's edge and rises over its values.
private struct PriorityFlood {
  private let values: [UInt8]
  private let width: Int
  private let height: Int
  /// The water's height at each pixel; nil where it has not come yet.
  private var levels: [UInt8?]
  /// Pixels that the water has reached and not yet gone on from, by its height.
  private var reached = [[Int32]](repeating: [], count: 256)

  init(_ values: [UInt8], width: Int, height: Int) {
    (self.values, self.width, self.height) = (values, width, height)
    levels = Array(repeating: nil, count: values.count)
  }

  mutating func filled() throws -> [UInt8] {
    for x in 0..<width {
      reach(x, from: 0)
      reach((height - 1) * width + x, from: 0)
    }
    for y in 0..<height {
      reach(y * width, from: 0)
      reach(y * width + width - 1, from: 0)
    }
    for level in 0...255 {
      try Task.checkCancellation()
      while let pixel = reached[level].popLast() { spread(from: Int(pixel), at: UInt8(level)) }
    }
    return levels.map { $0! }
  }

  private mutating func spread(from pixel: Int, at level: UInt8) {
    let x = pixel % width
    if x > 0 { reach(pixel - 1, from: level) }
    if x < width - 1 { reach(pixel + 1, from: level) }
    if pixel >= width { reach(pixel - width, from: level) }
    if pixel < width * (height - 1) { reach(pixel + width, from: level) }
  }

  private mutating func reach(_ pixel: Int, from level: UInt8) {
    guard levels[pixel] == nil else { return }
    let level = max(level, values[pixel])
    levels[pixel] = level
    reached[Int(level)].append(Int32(pixel))
  }
}
