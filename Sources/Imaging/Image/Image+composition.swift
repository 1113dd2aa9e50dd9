extension Image {
  /// Blurred by a Gaussian of this standard deviation in pixels; 0 leaves the picture alone.
  /// - Parameter cutoff: where the kernel ends, as a fraction of its peak.
  public func blurred(sigma: Double, cutoff: Double = 0.02) throws -> Image {
    guard sigma != 0 else { return self }
    return try resampled {
      try Vips.image(
        "gaussblur",
        ["in": .image($0), "sigma": .double(sigma), "min_ampl": .double(cutoff), "precision": "float"])
    }.cast(to: format)
  }

  /// `overlay` laid on this picture at `x`, `y` by its opacity; the result has this picture's size and format, and
  /// opacity only if this picture has it.
  /// - Throws: `ImagingError.invalid` unless both are of the same 8- or 16-bit format.
  public func composited(
    with overlay: Image, x: Int = 0, y: Int = 0, mode: String = "over"
  ) throws -> Image {
    guard format == overlay.format, format == .uint8 || format == .uint16 else {
      throw ImagingError.invalid(
        "compositing takes two 8-bit or two 16-bit pictures, not \(self) and \(overlay)")
    }
    // In floating point: of whole numbers libvips cuts fractions off, which darkens.
    let result = try Vips.image(
      "composite2",
      [
        "base": .image(cast(to: .float)), "overlay": .image(overlay.cast(to: .float)),
        "mode": .string(mode), "x": .int(x), "y": .int(y),
        "compositing_space": .string(interpretation.nick),
      ]
    ).cast(to: format)
    return hasAlpha ? result : try result.extractingBands(from: 0, count: bands).tagged(as: interpretation)
  }

  /// `part` put in place of the pixels at `x`, `y`; what reaches outside is cut off. No blending.
  public func inserting(_ part: Image, x: Int, y: Int) throws -> Image {
    try Vips.image("insert", ["main": .image(self), "sub": .image(part), "x": .int(x), "y": .int(y)])
  }

  /// Pictures in a grid, row after row, each cell as large as the largest picture.
  /// - Parameter spacing: pixels between cells.
  public static func grid(
    _ images: [Image], columns: Int, spacing: Int = 0, background: [Double] = [0]
  ) throws -> Image {
    try Vips.image(
      "arrayjoin",
      [
        "in": .images(images), "across": .int(columns), "shim": .int(spacing),
        "background": .doubles(background),
        "halign": "centre", "valign": "centre",
      ])
  }

  /// Text as one band of 8 bits, 255 where the ink is, as large as the ink; `offset` tells where the ink starts in its
  /// line, so that texts of one font can share a baseline.
  /// - Parameters:
  ///   - text: shown as written; nothing in it is markup.
  ///   - font: a font's name and size, `sans 12`.
  ///   - width: where lines wrap, in pixels; nil does not wrap.
  public static func text(
    _ text: String, font: String = "sans 12", dotsPerInch: Int = 72, width: Int? = nil
  ) throws -> Image {
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw ImagingError.invalid("there is no text to draw")
    }
    let escaped = text.map { ["&": "&amp;", "<": "&lt;", ">": "&gt;"][$0] ?? String($0) }.joined()
    var arguments: [String: VipsValue] = [
      "text": .string(escaped), "font": .string(font), "dpi": .int(dotsPerInch),
    ]
    if let width { arguments["width"] = .int(width) }
    return try Vips.image("text", arguments)
  }
}
