import Foundations

/// How a picture is prepared for the image encoder: `feature_extractor/preprocessor_config.json`.
public struct ImagePreprocessing: Sendable, Equatable {
  /// What the short edge is resized to, in pixels (bicubic); nil leaves the size as it is.
  public var shortEdge: Int? = 224
  /// Whether resizing keeps a picture's proportions; else both edges become `shortEdge`.
  public var keepsProportions = true
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
    shortEdge = reader.bool("do_resize", default: true) ? reader.edge("size") : nil
    // CLIPImageProcessor squashes to {"height", "width"}, and keeps proportions for {"shortest_edge"} or a number.
    if case .object(let members)? = reader.value("size") {
      keepsProportions = members.map(\.0) == ["shortest_edge"]
    }
    cropSize = reader.bool("do_center_crop", default: true) ? reader.edge("crop_size") : nil
    rescaleFactor =
      reader.bool("do_rescale", default: true) ? reader.number("rescale_factor", default: 1.0 / 255) : 1
    if reader.bool("do_normalize", default: true) {
      mean = reader.channels("image_mean", default: mean)
      standardDeviation = reader.channels("image_std", default: standardDeviation)
    } else {
      (mean, standardDeviation) = ([0, 0, 0], [1, 1, 1])
    }
    reader.require(["resample": .number(3)])
    try reader.finishIgnoringTheRest()
  }
}

extension ConfigurationFileReader {
  /// Pixels: a number, `{"shortest_edge": n}`, or `{"height": n, "width": n}`.
  fileprivate mutating func edge(_ name: String) -> Int {
    guard case .object(let members)? = value(name) else { return count(name, default: 224) }
    let sizes = members.compactMap { $0.1.integer }
    let keys = Set(members.map(\.0))
    guard keys == ["shortest_edge"] || keys == ["height", "width"], sizes.count == members.count,
      Set(sizes).count == 1, (1...1 << 14).contains(sizes[0])
    else {
      fault(name, "is no size in pixels")
      return 224
    }
    return sizes[0]
  }

  fileprivate mutating func channels(_ name: String, default standard: [Double]) -> [Double] {
    guard let value = value(name) else { return standard }
    if case .array(let elements) = value, elements.count == 3 {
      let numbers = elements.compactMap { element -> Double? in
        if case .number(let number) = element, number.isFinite { number } else { nil }
      }
      if numbers.count == 3 { return numbers }
    }
    fault(name, "is no array of three numbers")
    return standard
  }
}
