/// How a picture is prepared for the image encoder: `feature_extractor/preprocessor_config.json`.
public struct ImagePreprocessing: Sendable, Equatable {
  /// What the short edge is resized to, in pixels (bicubic); nil leaves the size as it is.
  public var shortEdge: Int? = 224
  /// Height and width of the centre crop, in pixels; nil crops nothing.
  public var cropSize: Int? = 224
  /// What 8-bit values are multiplied by.
  public var rescaleFactor = 1.0 / 255
  /// What is subtracted from each channel (red, green, blue), after rescaling.
  public var mean = [0.48145466, 0.4578275, 0.40821073]
  /// What each channel is divided by after that.
  public var standardDeviation = [0.26862954, 0.26130258, 0.27577711]

  /// CLIP's preparation.
  public init() {}

  /// Reads a configuration file. Resampling other than bicubic is refused.
  public init(contentsOf path: String) throws(CheckpointError) {
    var reader = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    shortEdge = try reader.bool("do_resize", default: true) ? try reader.edge("size") : nil
    cropSize = try reader.bool("do_center_crop", default: true) ? try reader.edge("crop_size") : nil
    rescaleFactor =
      try reader.bool("do_rescale", default: true)
      ? try reader.number("rescale_factor", default: 1.0 / 255) : 1
    if try reader.bool("do_normalize", default: true) {
      mean = try reader.channels("image_mean", default: mean)
      standardDeviation = try reader.channels("image_std", default: standardDeviation)
    } else {
      (mean, standardDeviation) = ([0, 0, 0], [1, 1, 1])
    }
    try reader.require(["resample": .number(3)])
  }
}

extension ConfigurationFileReader {
  /// Pixels: a number, `{"shortest_edge": n}`, or `{"height": n, "width": n}`.
  fileprivate mutating func edge(_ name: String) throws(CheckpointError) -> Int {
    guard let value = value(name) else { return 224 }
    if case .object(let members) = value {
      let sizes = members.compactMap { $0.1.integer }
      let keys = Set(members.map(\.0))
      if keys == ["shortest_edge"] || keys == ["height", "width"], sizes.count == members.count,
        Set(sizes).count == 1, (1...1 << 14).contains(sizes[0])
      {
        return sizes[0]
      }
      throw unsupported(name, "is \(value)")
    }
    return try positive(name, default: 224)
  }

  fileprivate mutating func channels(
    _ name: String, default standard: [Double]
  ) throws(CheckpointError) -> [Double] {
    guard let value = value(name) else { return standard }
    guard case .array(let elements) = value, elements.count == 3 else {
      throw unsupported(name, "is no array of three numbers")
    }
    var numbers: [Double] = []
    for element in elements {
      guard case .number(let number) = element else { throw unsupported(name, "is no array of numbers") }
      numbers.append(number)
    }
    return numbers
  }
}
