extension Image {
  /// The same numbers in another format: rounded when it is whole numbers, held to its range. No scaling.
  public func cast(to format: SampleFormat) throws -> Image {
    guard format != self.format else { return self }
    let rounded =
      format.isInteger && !self.format.isInteger
      ? try Vips.image("round", ["in": .image(self), "round": "rint"]) : self
    return try Vips.image("cast", ["in": .image(rounded), "format": .string(format.nick)])
  }

  /// The same picture in another depth: full scale stays full scale (255, 65535, 1 for floating point), and the
  /// interpretation follows. 8 bit to 16 and back is exact, as is 8 or 16 bit to float and back.
  /// - Throws: `ImagingError.invalid` for formats that are no picture depth.
  public func rescaled(to format: SampleFormat) throws -> Image {
    guard format.isPictureDepth, self.format.isPictureDepth else {
      throw ImagingError.invalid(
        "pictures are 8 bit, 16 bit or floating point; \(self.format) → \(format) is not one")
    }
    guard format != self.format else { return self }
    let factor = format.fullScale / self.format.fullScale
    let scaled = factor == 1 ? self : try linear(factor, 0)
    return try scaled.cast(to: format).tagged(as: interpretationAfterRescaling(to: format))
  }

  /// The same values said to mean something else.
  public func tagged(as interpretation: Interpretation) throws -> Image {
    guard interpretation != self.interpretation else { return self }
    return try Vips.image("copy", ["in": .image(self), "interpretation": .string(interpretation.nick)])
  }

  private func interpretationAfterRescaling(to format: SampleFormat) -> Interpretation {
    switch interpretation {
    case .grey, .grey16: format == .uint16 ? .grey16 : .grey
    case .sRGB, .rgb16: format == .uint16 ? .rgb16 : .sRGB
    case let other: other
    }
  }
}
