/// A value that goes into or comes out of a libvips operation.
public enum VipsValue: Sendable {
  /// Yes or no.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number.
  case double(Double)
  /// Text; also the nick of an enum (`"lanczos3"`), flags joined by `|`, or an interpolator (`"bicubic"`).
  case string(String)
  /// A picture.
  case image(Image)
  /// Whole numbers.
  case ints([Int])
  /// Numbers.
  case doubles([Double])
  /// Pictures.
  case images([Image])
  /// Bytes: an encoded picture, an ICC profile.
  case bytes([UInt8])

  /// What kind of value this is, for error messages.
  public var kind: String {
    switch self {
    case .bool(let value): "\(value)"
    case .int(let value): "the whole number \(value)"
    case .double(let value): "the number \(value)"
    case .string(let value): "the text '\(value)'"
    case .image: "a picture"
    case .ints: "a list of whole numbers"
    case .doubles: "a list of numbers"
    case .images: "a list of pictures"
    case .bytes: "bytes"
    }
  }

  /// The picture, if it is one.
  public var image: Image? { if case .image(let value) = self { value } else { nil } }
  /// The pictures, if it is a picture or a list of them.
  public var images: [Image] {
    switch self {
    case .image(let value): [value]
    case .images(let values): values
    default: []
    }
  }
  /// The number, if it is one.
  public var double: Double? {
    switch self {
    case .double(let value): value
    case .int(let value): Double(value)
    default: nil
    }
  }
  /// The whole number, if it is one.
  public var int: Int? { if case .int(let value) = self { value } else { nil } }
  /// The text, if it is text.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The bytes, if it holds bytes.
  public var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
  /// The numbers, if it is a list of numbers.
  public var doubles: [Double]? {
    switch self {
    case .doubles(let values): values
    case .ints(let values): values.map(Double.init)
    default: nil
    }
  }
}

extension VipsValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral
{
  /// Yes or no.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// Text.
  public init(stringLiteral value: String) { self = .string(value) }
}
