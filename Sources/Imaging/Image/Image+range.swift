import Foundation

/// Pictures whose numbers do not say by their format what white is: floating point, 32 bits, signed numbers, fewer bits
/// than they are stored in.
extension Image {
  /// White as the file announces it: a PNM's maximum; nil where it announces none.
  public var announcedWhite: Double? {
    guard let maximum = metadata("ppm-max-value")?.double, maximum > 0 else { return nil }
    return maximum
  }

  /// Whether bands are brightness, or red, green and blue, in numbers that leave open what white is.
  public var leavesWhiteOpen: Bool {
    guard format != .uint8, format != .uint16, format != .complex, format != .doubleComplex else {
      return false
    }
    return isGreyOrRGB
  }

  /// The white that a largest value speaks for: the next that a number of bits has. Nil where it is 1: in floating
  /// point up to 16, and in files of linear light (.hdr, .exr) always, values above 1 are mere highlights.
  public func likelyWhite(largest: Double) -> Double? {
    if !format.isInteger {
      let loader = metadata("vips-loader")?.string ?? ""
      guard largest > 16, !loader.hasPrefix("rad"), !loader.hasPrefix("openexr") else { return nil }
    }
    let bits: [Double] = [8, 10, 12, 14, 16, 31, 32]
    return bits.map { exp2($0) - 1 }.first { $0 >= largest } ?? largest
  }

  /// The picture with this value as white and 0 as black, gamma-encoded. 8 bits stay 8; all else comes out in 16.
  public func scaled(white: Double) throws -> Image {
    guard isGreyOrRGB, white > 0 else { throw ImagingError.invalid("\(self) has no white to set") }
    let depth: SampleFormat = format == .uint8 ? .uint8 : .uint16
    guard format != depth || white != depth.fullScale else { return self }
    let meaning = Interpretation.encoded(colourBands: colourBands, format: depth)
    return try linear(depth.fullScale / white, 0).cast(to: depth).tagged(as: meaning)
  }

  private var isGreyOrRGB: Bool {
    [.grey, .grey16, .sRGB, .rgb16, .scRGB].contains(interpretation)
  }
}
