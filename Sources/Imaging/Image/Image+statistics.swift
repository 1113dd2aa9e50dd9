extension Image {
  /// Smallest, largest and mean value and deviation, for each band and over all.
  /// - Throws: what decoding meets; `CancellationError`.
  public func statistics(monitor: EvaluationMonitor? = nil) throws -> ImageStatistics {
    let table = try Vips.image("stats", ["in": .image(self)], monitor: monitor ?? EvaluationMonitor())
    let values = try table.pixels(as: Double.self)
    let rows = (0..<table.height).map { row in
      BandStatistics(
        minimum: values[row * table.width], maximum: values[row * table.width + 1],
        sum: values[row * table.width + 2], mean: values[row * table.width + 4],
        deviation: values[row * table.width + 5])
    }
    return ImageStatistics(overall: rows[0], bands: Array(rows.dropFirst()))
  }

  /// The smallest box holding every pixel that is not 0 in any band; nil when all are.
  /// - Throws: what decoding meets; `CancellationError`.
  public func boundsOfNonzero(
    monitor: EvaluationMonitor? = nil
  ) throws -> (x: Int, y: Int, width: Int, height: Int)? {
    let marked = try compared(.notEqual, to: 0)
    let any = bands == 1 ? marked : try Vips.image("bandbool", ["in": .image(marked), "boolean": "or"])
    let profile = try Vips.call("project", ["in": .image(any)], monitor: monitor ?? EvaluationMonitor())
    guard let columns = try profile["columns"]?.image?.cast(to: .double).pixels(as: Double.self),
      let rows = try profile["rows"]?.image?.cast(to: .double).pixels(as: Double.self),
      let left = columns.firstIndex(where: { $0 > 0 }), let right = columns.lastIndex(where: { $0 > 0 }),
      let top = rows.firstIndex(where: { $0 > 0 }), let bottom = rows.lastIndex(where: { $0 > 0 })
    else { return nil }
    return (left, top, right - left + 1, bottom - top + 1)
  }
}

/// A picture's values in numbers.
public struct ImageStatistics: Sendable, Hashable {
  /// Over all bands.
  public var overall: BandStatistics
  /// For each band.
  public var bands: [BandStatistics]
}

/// A band's values in numbers.
public struct BandStatistics: Sendable, Hashable {
  /// Smallest value.
  public var minimum: Double
  /// Largest value.
  public var maximum: Double
  /// Sum of all values.
  public var sum: Double
  /// Mean value.
  public var mean: Double
  /// Standard deviation of the sample.
  public var deviation: Double
}
