extension Image {
  /// The mask made softer inwards: it rises from 0 at the edge of what is 0 to its own value `width` pixels inside, or,
  /// where it is not that wide, in its middle. What was 0 stays 0.
  ///
  /// One band of 8 bits. Distances are those of pixels' centres from the edge, which runs between pixels; the picture's
  /// edge is none.
  public func featheredInwards(width feather: Double, monitor: EvaluationMonitor? = nil) throws -> Image {
    guard feather > 0, let box = try boundsOfNonzero(monitor: monitor) else { return self }
    let area = grown(box, by: 1, within: self)
    let part = try cropped(x: area.x, y: area.y, width: area.width, height: area.height)
    let ramp = try InwardRamp(isInside: part.marks(from: 1, monitor), width: area.width, height: area.height)
    let soft = try part.multiplied(by: part.plane(ramp.values(width: feather))).cast(to: .uint8)
    return try soft.tagged(as: .grey).inMemory(monitor: monitor)
      .embedded(x: area.x, y: area.y, width: width, height: height)
  }

  /// The mask with a soft edge of that width in pixels where it passes one half; all else becomes 0 or 255.
  ///
  /// One band of 8 bits. Inwards the edge is no wider than the mask is deep, as in `featheredInwards`.
  public func feathered(
    width feather: Double, _ side: FeatherSide = .both, monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    guard feather > 0 else { return self }
    let inside = try marks(from: 128, monitor)
    let share = Float(side.shareInside)
    var values = try InwardRamp(isInside: inside, width: width, height: height)
      .values(width: feather * side.shareInside).map { $0 > 0 ? 1 - share + share * $0 : 0 }
    if side != .inside {
      let reach = feather * (1 - side.shareInside)
      let away = try DistanceTransform(isMarked: inside, width: width, height: height).squared
      for (pixel, squared) in away.enumerated() where squared > 0 && squared < DistanceTransform.unreachable {
        let distance = Double(squared).squareRoot() - 0.5
        values[pixel] = Float(max(0, 1 - distance / reach)) * (1 - share)
      }
    }
    return try plane(values).linear(255, 0).cast(to: .uint8).tagged(as: .grey)
  }

  /// Which pixels are at least `level`, row after row.
  func marks(from level: UInt8, _ monitor: EvaluationMonitor?) throws -> [Bool] {
    try withPixels(as: UInt8.self, monitor: monitor) { $0.map { $0 >= level } }
  }

  /// A picture of this one's size with one band of these values.
  private func plane(_ values: [Float]) throws -> Image {
    try Image(pixels: values, width: width, height: height, bands: 1, interpretation: .multiband)
  }
}

/// On which side of a mask's edge a soft edge lies.
public enum FeatherSide: String, Sendable, Hashable, CaseIterable {
  /// Half of it on either side.
  case both
  /// What was 0 stays 0.
  case inside
  /// What was full stays full.
  case outside

  fileprivate var shareInside: Double {
    switch self {
    case .both: 0.5
    case .inside: 1
    case .outside: 0
    }
  }
}
