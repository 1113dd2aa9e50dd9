import Foundation

extension Image {
  /// The same colours in another space; opacity follows in the new format's full scale.
  ///
  /// `sRGB` and `grey` come out in 8 bits, `rgb16` and `grey16` in 16, `lab` and `scRGB` in floating point.
  /// Gamma-encoded floating-point pictures (0 to 1) are taken through 16 bits. Colour becomes grey by its luminance,
  /// so that it stays as light as it was: see `withLuminance`.
  /// - Throws: `ImagingError` when libvips knows no way between the two.
  public func converted(to space: Interpretation) throws -> Image {
    guard space != interpretation || isEncodedFloat else { return self }
    if isEncodedFloat { return try rescaled(to: .uint16).converted(to: space) }
    var colour = try withoutAlpha()
    if space == .grey || space == .grey16, colourBands > 1 { colour = try colour.withLuminance() }
    colour = try Vips.image("colourspace", ["in": .image(colour), "space": .string(space.nick)])
    guard let alpha = try alpha() else { return colour }
    let scaled = try alpha.tagged(as: .multiband).rescaled(to: colour.format)
    return try Image.joiningBands([colour, scaled])
  }

  /// Colours brought to sRGB by the embedded ICC profile, in the same depth; the profile is gone from the result.
  ///
  /// Pictures without a profile are taken as sRGB, or, with four inks, by libvips' CMYK profile. So are those whose
  /// profile does not fit them or is damaged. A profile that means sRGB to within rounding leaves every value as it is.
  /// Floating-point pictures go through a profile in 16 bits.
  /// - Parameter remark: hears why a profile is ignored.
  public func convertedToSRGB(
    intent: RenderingIntent = .relative, remark: (String) -> Void = { _ in }
  ) throws -> Image {
    guard profile != nil || interpretation == .cmyk else {
      switch interpretation {
      case .grey, .grey16, .sRGB, .rgb16: return self
      default: return try converted(to: .sRGB)
      }
    }
    if let fault = profileFault {
      remark("its ICC profile is ignored: it \(fault)")
      return try withProfile(nil).convertedToSRGB(intent: intent)
    }
    guard try !profileIsSRGB(intent: intent) else { return try withProfile(nil).convertedToSRGB() }
    guard format == .uint8 || format == .uint16 else {
      guard isEncodedFloat else {
        throw ImagingError.invalid("profiles apply to 8- and 16-bit pictures, not \(self)")
      }
      return try rescaled(to: .uint16).convertedToSRGB(intent: intent).rescaled(to: format)
    }
    let colour = try withoutAlpha().transformed(intent: intent)
    guard let alpha = try alpha() else { return colour }
    return try .joiningBands([colour, alpha.withProfile(nil)])
  }

  /// In linear light, each pixel's luminance in all three bands.
  ///
  /// Source: the coefficients of ITU-R BT.709-6, whose primaries are sRGB's; libvips' own way to grey weighs by 0.2,
  /// 0.7 and 0.1.
  private func withLuminance() throws -> Image {
    let light = try Vips.image(
      "colourspace", ["in": .image(self), "space": .string(Interpretation.scRGB.nick)])
    return try light.recombined([[Double]](repeating: [0.2126, 0.7152, 0.0722], count: 3))
  }

  /// One band: the picture's brightness as Rec. 601's luma, 0.299 red + 0.587 green + 0.114 blue of encoded values,
  /// which is what most programs take for a colour picture's grey. Opacity is left out; depth stays.
  public func luma() throws -> Image {
    let plain = try withoutAlpha()
    guard plain.bands > 1 else { return plain }
    let colour = [.sRGB, .rgb16].contains(interpretation) ? plain : try plain.converted(to: .sRGB)
    return try colour.recombined([[0.299, 0.587, 0.114]]).cast(to: colour.format)
      .tagged(as: .encoded(colourBands: 1, format: colour.format))
  }

  /// Each new band a weighted sum of the old ones; floating point.
  /// - Parameter weights: a row for each new band, a value for each old.
  private func recombined(_ weights: [[Double]]) throws -> Image {
    let matrix = try Image(
      pixels: weights.flatMap { $0 }, width: bands, height: weights.count, bands: 1,
      interpretation: .multiband)
    return try Vips.image("recomb", ["in": .image(self), "m": .image(matrix)])
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

  /// libvips takes a profile it cannot use for sRGB without a word, so it is looked at here.
  private var profileFault: String? {
    profile.flatMap { ColourProfile($0).fault(colourBands: colourBands) }
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
