/// How a picture is encoded. An option that the format does not have is an error, never ignored.
public struct SaveOptions: Sendable {
  /// 1 to 100, for the formats that lose detail.
  public var quality: Int?
  /// 0 (fast) to 9 (small), for PNG.
  public var compression: Int?
  /// Whether every pixel is kept, for the formats that leave the choice.
  public var lossless: Bool?
  /// Whether a coarse picture comes first while loading (PNG, JPEG).
  public var interlaced: Bool?
  /// Whether EXIF, XMP, ICC and other metadata are left out.
  public var stripsMetadata: Bool
  /// Texts to store, for PNG.
  public var texts: [PNGText]
  /// Further arguments of libvips' saver by their libvips names; see `Vips.describe(format.saver)`.
  public var saver: [String: VipsValue]

  /// How a picture is encoded.
  public init(
    quality: Int? = nil, compression: Int? = nil, lossless: Bool? = nil, interlaced: Bool? = nil,
    stripsMetadata: Bool = false, texts: [PNGText] = [], saver: [String: VipsValue] = [:]
  ) {
    self.quality = quality
    self.compression = compression
    self.lossless = lossless
    self.interlaced = interlaced
    self.stripsMetadata = stripsMetadata
    self.texts = texts
    self.saver = saver
  }

  /// The saver's arguments for these options.
  /// - Throws: `ImagingError.unsupportedOption` for an option the format does not have, out-of-range values.
  func arguments(for format: ImageFormat) throws(ImagingError) -> [String: VipsValue] {
    let inputs = try Vips.describe(format.saver).inputs
    let options: [(name: String, argument: String, value: VipsValue?)] = [
      ("quality", "Q", quality.map { .int($0) }),
      ("compression", "compression", compression.map { .int($0) }),
      ("lossless", "lossless", lossless.map { .bool($0) }),
      ("interlaced", "interlace", interlaced.map { .bool($0) }),
    ]
    // PNG's Q and TIFF's compression are other things than what these options mean.
    let isMeant = { (name: String, argument: ArgumentDescription?) -> Bool in
      switch (name, argument?.type) {
      case (_, nil): false
      case ("quality", _): format != .png
      case ("compression", .int): true
      case ("compression", _): false
      default: true
      }
    }
    let valid =
      options.filter { option in
        isMeant(option.name, inputs.first { $0.name == option.argument })
      }.map(\.name) + (format == .png ? ["texts"] : [])
    var arguments: [String: VipsValue] = [:]
    for option in options {
      guard let value = option.value else { continue }
      guard valid.contains(option.name) else {
        throw .unsupportedOption(format: format.rawValue, option: option.name, valid: valid)
      }
      arguments[option.argument] = value
    }
    // Before 8.15.3 libvips takes AVIF's colours through YCbCr, whose rounding loses them, and halves their resolution.
    guard lossless != true || format != .avif || Vips.isVersion(8, 15, 3) else {
      throw .invalid(
        "avif keeps every pixel from libvips 8.15.3 on, and this is \(Vips.version); png, tiff and webp do")
    }
    guard texts.isEmpty || format == .png else {
      throw .unsupportedOption(format: format.rawValue, option: "texts", valid: valid)
    }
    if stripsMetadata { arguments["strip"] = true }
    return arguments.merging(saver) { $1 }
  }

  /// Checks that the format has every option that is set.
  /// - Throws: as writing would.
  public func check(for format: ImageFormat) throws(ImagingError) {
    // Asking libvips starts it, which takes longer than all else in a run that has nothing to compute.
    guard quality != nil || compression != nil || lossless != nil || interlaced != nil || !texts.isEmpty
    else {
      return
    }
    _ = try arguments(for: format)
  }
}
