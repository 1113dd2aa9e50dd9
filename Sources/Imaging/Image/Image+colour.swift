import Foundation

extension Image {
  /// The same colours in another space; opacity follows in the new format's full scale.
  ///
  /// `sRGB` and `grey` come out in 8 bits, `rgb16` and `grey16` in 16, `lab` and `scRGB` in floating point.
  /// Gamma-encoded floating-point pictures (0 to 1) are taken through 16 bits.
  /// - Throws: `ImagingError` when libvips knows no way between the two.
  public func converted(to space: Interpretation) throws -> Image {
    guard space != interpretation || isEncodedFloat else { return self }
    if isEncodedFloat { return try rescaled(to: .uint16).converted(to: space) }
    let colour = try Vips.image("colourspace", ["in": .image(withoutAlpha()), "space": .string(space.nick)])
    guard let alpha = try alpha() else { return colour }
    let scaled = try alpha.tagged(as: .multiband).rescaled(to: colour.format)
    return try Image.joiningBands([colour, scaled])
  }

  /// Colours brought to sRGB by the embedded ICC profile, in the same depth; the profile is gone from the result.
  ///
  /// Pictures without a profile are taken as sRGB, or, with four inks, by libvips' CMYK profile. A profile that means
  /// sRGB to within rounding leaves every value as it is.
  /// - Throws: `ImagingError` for a profile that does not fit the picture.
  public func convertedToSRGB(intent: RenderingIntent = .relative) throws -> Image {
    guard profile != nil || interpretation == .cmyk else {
      switch interpretation {
      case .grey, .grey16, .sRGB, .rgb16: return self
      default: return try converted(to: .sRGB)
      }
    }
    guard format == .uint8 || format == .uint16 else {
      throw ImagingError.invalid("profiles apply to 8- and 16-bit pictures, not \(self)")
    }
    try checkProfile()
    guard try !profileIsSRGB(intent: intent) else { return try withProfile(nil) }
    let colour = try withoutAlpha().transformed(intent: intent)
    guard let alpha = try alpha() else { return colour }
    return try .joiningBands([colour, alpha.withProfile(nil)])
  }

  private func transformed(intent: RenderingIntent) throws -> Image {
    var arguments: [String: VipsValue] = [
      "in": .image(self), "output_profile": "srgb", "embedded": true, "intent": .string(intent.rawValue),
      "depth": format == .uint16 ? 16 : 8,
    ]
    if interpretation == .cmyk { arguments["input_profile"] = "cmyk" }
    let meaning: Interpretation = format == .uint16 ? .rgb16 : .sRGB
    return try Vips.image("icc_transform", arguments).tagged(as: meaning).withProfile(nil)
  }

  /// libvips takes a profile it cannot use for sRGB without a word, so the header is checked here: its length, its
  /// signature, and that it is about as many colours as the picture has.
  /// Source: ICC.1:2010, section 7.2.
  private func checkProfile() throws(ImagingError) {
    guard let profile else { return }
    guard profile.count >= 128, Array(profile[36..<40]) == Array("acsp".utf8),
      profile[0..<4].reduce(0, { $0 << 8 | Int($1) }) <= profile.count
    else { throw .invalid("the picture's embedded ICC profile is damaged") }
    let space = String(decoding: profile[16..<20], as: UTF8.self).trimmingCharacters(in: .whitespaces)
    let count = ["GRAY": 1, "RGB": 3, "CMYK": 4][space]
    guard count == colourBands else {
      throw .invalid("the picture has \(colourBands) colour bands, but its ICC profile is for \(space)")
    }
  }

  /// Tries the profile on a 17×17×17 lattice of colours.
  private func profileIsSRGB(intent: RenderingIntent) throws -> Bool {
    guard let profile, colourBands == 3 else { return false }
    let steps = (0...16).map { UInt8(clamping: $0 * 16) }
    let colours = steps.flatMap { red in steps.flatMap { green in steps.flatMap { [red, green, $0] } } }
    let lattice = try Image(pixels: colours, width: 289, height: 17, bands: 3).withProfile(profile)
    return try lattice.transformed(intent: intent).difference(from: lattice).statistics().overall.maximum <= 1
  }

  private var isEncodedFloat: Bool {
    guard !format.isInteger else { return false }
    return [.grey, .grey16, .sRGB, .rgb16].contains(interpretation)
  }
}

/// What a conversion between profiles keeps when not everything can be kept.
public enum RenderingIntent: String, Sendable, Hashable, CaseIterable, Codable {
  /// The impression as a whole.
  case perceptual
  /// Colours, relative to white.
  case relative
  /// Saturation.
  case saturation
  /// Colours as measured.
  case absolute
}
