import CVips

/// What a picture's bands mean.
public enum Interpretation: Sendable, Hashable {
  /// One band of brightness, gamma-encoded (8 bit, or floating point 0 to 1).
  case grey
  /// The same in 16 bits.
  case grey16
  /// Red, green, blue, gamma-encoded (8 bit, or floating point 0 to 1).
  case sRGB
  /// The same in 16 bits.
  case rgb16
  /// Red, green, blue proportional to light, 0 to 1.
  case scRGB
  /// CIE L*a*b*: L 0 to 100, a and b about −128 to 127.
  case lab
  /// Four inks.
  case cmyk
  /// Numbers without a colour meaning.
  case multiband
  /// Another of libvips' interpretations, by its nick.
  case other(String)

  /// libvips' name for it.
  public var nick: String {
    switch self {
    case .grey: "b-w"
    case .grey16: "grey16"
    case .sRGB: "srgb"
    case .rgb16: "rgb16"
    case .scRGB: "scrgb"
    case .lab: "lab"
    case .cmyk: "cmyk"
    case .multiband: "multiband"
    case .other(let nick): nick
    }
  }

  init(_ interpretation: VipsInterpretation) {
    switch interpretation {
    case VIPS_INTERPRETATION_B_W: self = .grey
    case VIPS_INTERPRETATION_GREY16: self = .grey16
    case VIPS_INTERPRETATION_sRGB: self = .sRGB
    case VIPS_INTERPRETATION_RGB: self = .sRGB
    case VIPS_INTERPRETATION_RGB16: self = .rgb16
    case VIPS_INTERPRETATION_scRGB: self = .scRGB
    case VIPS_INTERPRETATION_LAB: self = .lab
    case VIPS_INTERPRETATION_CMYK: self = .cmyk
    case VIPS_INTERPRETATION_MULTIBAND: self = .multiband
    default:
      let nick = vips_enum_nick(vips_interpretation_get_type(), interpretation.rawValue)
      self = .other(nick.map { String(cString: $0) } ?? "unknown")
    }
  }

  /// The gamma-encoded interpretation that suits a number of colour bands and a format.
  static func encoded(colourBands: Int, format: SampleFormat) -> Interpretation {
    switch (colourBands, format) {
    case (1, .uint16): .grey16
    case (1, _): .grey
    case (3, .uint16): .rgb16
    case (3, _): .sRGB
    case (4, _): .cmyk
    default: .multiband
    }
  }
}

extension Interpretation: CustomStringConvertible {
  /// libvips' name.
  public var description: String { nick }
}
