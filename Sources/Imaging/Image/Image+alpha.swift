extension Image {
  /// Bands `first` to `first + count − 1`.
  public func extractingBands(from first: Int, count: Int = 1) throws -> Image {
    guard first >= 0, count >= 1, first + count <= bands else {
      throw ImagingError.invalid("a picture of \(bands) bands has no bands \(first) to \(first + count - 1)")
    }
    return try Vips.image("extract_band", ["in": .image(self), "band": .int(first), "n": .int(count)])
  }

  /// Every band as a picture of its own.
  public func separated() throws -> [Image] { try (0..<bands).map { try extractingBands(from: $0) } }

  /// The bands of all pictures one after another; the interpretation is the first one's.
  public static func joiningBands(_ images: [Image]) throws -> Image {
    guard let first = images.first else { throw ImagingError.invalid("joining bands needs a picture") }
    let joined = try Vips.image("bandjoin", ["in": .images(images)])
    return try joined.tagged(as: first.interpretation)
  }

  /// The opacity band, or nil without one.
  public func alpha() throws -> Image? { hasAlpha ? try extractingBands(from: bands - 1) : nil }

  /// The colour bands alone.
  public func withoutAlpha() throws -> Image {
    hasAlpha ? try extractingBands(from: 0, count: bands - 1).tagged(as: interpretation) : self
  }

  /// The colour bands with this opacity, one band in this picture's format; full opacity when nil.
  public func withAlpha(_ alpha: Image? = nil) throws -> Image {
    let colour = try withoutAlpha()
    if let alpha {
      guard alpha.bands == 1, alpha.format == format else {
        throw ImagingError.invalid("opacity must be one band of \(format), not \(alpha)")
      }
      return try .joiningBands([colour, alpha])
    }
    let opaque = try colour.extractingBands(from: 0).filled(with: [format.fullScale])
    return try .joiningBands([colour, opaque])
  }

  /// The picture over a background colour, without opacity, in the same format.
  /// - Parameter background: a value for each colour band, or one for all.
  public func flattened(over background: [Double]) throws -> Image {
    guard hasAlpha else { return self }
    let flat = try Vips.image(
      "flatten",
      ["in": .image(self), "background": .doubles(background), "max_alpha": .double(format.fullScale)])
    return try flat.cast(to: format).tagged(as: interpretation)
  }

  /// Colours multiplied by opacity, in floating point; what resampling needs so that invisible colours do not bleed.
  func premultiplied() throws -> Image {
    try Vips.image("premultiply", ["in": .image(self), "max_alpha": .double(format.fullScale)])
  }

  /// The same of a colour that is to lie beside such colours: a value for each band, or one for all.
  func premultiplied(_ colour: [Double]) -> [Double] {
    guard hasAlpha, let alpha = colour.last else { return colour }
    let values = colour.count == 1 ? [Double](repeating: alpha, count: bands) : colour
    return values.dropLast().map { $0 * alpha / format.fullScale } + [alpha]
  }

  /// Runs a resampling step on premultiplied colours and returns to this picture's format.
  func resampled(_ step: (Image) throws -> Image) throws -> Image {
    guard hasAlpha else { return try step(self).tagged(as: interpretation) }
    let result = try step(try premultiplied())
    let plain = try Vips.image(
      "unpremultiply",
      ["in": .image(result), "max_alpha": .double(format.fullScale), "alpha_band": .int(bands - 1)])
    return try plain.cast(to: format).tagged(as: interpretation)
  }
}
