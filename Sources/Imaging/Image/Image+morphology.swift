extension Image {
  /// Each pixel's largest value within a disc: bright areas grow by `radius` pixels.
  ///
  /// One band of 8 or 16 bits. The disc holds every offset with dx² + dy² ≤ radius²; what lies outside the picture
  /// counts for nothing.
  /// - Throws: `ImagingError.invalid` for other pictures or a negative radius; `CancellationError`.
  public func dilated(radius: Double, monitor: EvaluationMonitor? = nil) throws -> Image {
    try morphed(radius: radius, monitor: monitor)
  }

  /// Each pixel's smallest value within a disc: bright areas shrink by `radius` pixels, but not at the picture's edge.
  /// - Throws: as `dilated`.
  public func eroded(radius: Double, monitor: EvaluationMonitor? = nil) throws -> Image {
    try inverted().morphed(radius: radius, monitor: monitor).inverted()
  }

  /// The distance in pixels from each pixel to the nearest that is not 0, in floating point; infinity when all are 0.
  /// - Throws: `ImagingError.invalid` unless it has one band of 8 bits; `CancellationError`.
  public func distanceToNonzero(monitor: EvaluationMonitor? = nil) throws -> Image {
    guard bands == 1 else { throw ImagingError.invalid("distances are measured in one band, not \(bands)") }
    let marks = try compared(.notEqual, to: 0).withPixels(as: UInt8.self, monitor: monitor) {
      $0.map { $0 != 0 }
    }
    let transform = try DistanceTransform(isMarked: marks, width: width, height: height)
    let distances = transform.squared.map {
      $0 == DistanceTransform.unreachable ? Float.infinity : Float($0).squareRoot()
    }
    return try Image(pixels: distances, width: width, height: height, bands: 1, interpretation: .multiband)
  }

  private func morphed(radius: Double, monitor: EvaluationMonitor?) throws -> Image {
    guard bands == 1, format == .uint8 || format == .uint16 else {
      throw ImagingError.invalid("growing and shrinking take one band of 8 or 16 bits, not \(self)")
    }
    guard radius >= 0, radius <= 10_000 else {
      throw ImagingError.invalid("a radius is from 0 to 10000 pixels, not \(radius)")
    }
    guard radius >= 1 else { return self }
    return format == .uint8
      ? try maximumWithin(radius, as: UInt8.self, monitor: monitor)
      : try maximumWithin(radius, as: UInt16.self, monitor: monitor)
  }

  private func maximumWithin<Sample: PixelSample & FixedWidthInteger>(
    _ radius: Double, as type: Sample.Type, monitor: EvaluationMonitor?
  ) throws -> Image {
    let samples = try pixels(as: Sample.self, monitor: monitor)
    let limit = Int((radius * radius).rounded(.down))
    let isTwoValued = samples.allSatisfy { $0 == 0 || $0 == .max }
    let result =
      isTwoValued
      ? try DistanceTransform(isMarked: samples.map { $0 != 0 }, width: width, height: height)
        .squared.map { $0 <= limit ? Sample.max : 0 }
      : try DiscMaximum(samples, width: width, height: height, squaredRadius: limit).result
    return try Image(
      pixels: result, width: width, height: height, bands: 1, interpretation: interpretation)
  }
}
