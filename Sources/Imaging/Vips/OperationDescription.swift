/// What libvips says about one of its operations.
public struct OperationDescription: Sendable, Hashable {
  /// The name to call it by: `gaussblur`.
  public var name: String
  /// One line: `gaussian blur`.
  public var summary: String
  /// Inputs, required ones first, in libvips' order.
  public var inputs: [ArgumentDescription]
  /// Results; optional ones appear when libvips computed them.
  public var outputs: [ArgumentDescription]
  /// Whether libvips marks it as unfit for data from strangers.
  public var isUntrusted: Bool
  /// Whether it reads or writes a file format: a loader or saver, from and to buffers included.
  public var isFileFormat: Bool

  /// The input of that name; `-` and `_` are the same.
  public func input(_ name: String) -> ArgumentDescription? {
    let canonical = canonicalArgumentName(name)
    return inputs.first { $0.name == canonical }
  }
}

/// One argument of a libvips operation.
public struct ArgumentDescription: Sendable, Hashable {
  /// Its name, with underscores: `min_ampl`.
  public var name: String
  /// One line of help, from libvips.
  public var help: String
  /// What it takes.
  public var type: ArgumentType
  /// Whether a call must give it.
  public var isRequired: Bool
  /// Whether the operation draws into this picture; a call works on a copy and returns it under the same name.
  public var isModified: Bool

  /// Whether the text names a file or profile, so that giving it opens whatever lies there.
  ///
  /// libvips declares a file's name as it declares any text. So every text counts as one but those that are drawn and
  /// the description of their font: another libvips may have more arguments that name files.
  public var isPath: Bool { type == .string && !Self.drawnText.contains(name) }

  /// Whether a value of the argument makes libvips open a file. The profiles that libvips carries are none.
  public func opensFile(_ value: String) -> Bool {
    isPath && (name == "filename" || !["srgb", "p3", "cmyk", "none"].contains(value))
  }

  private static let drawnText: Set<String> = ["text", "font"]
}

/// What an argument takes, with range and default.
public enum ArgumentType: Sendable, Hashable {
  /// Yes or no.
  case bool(default: Bool)
  /// A whole number in a range.
  case int(ClosedRange<Int>, default: Int)
  /// A number in a range.
  case double(ClosedRange<Double>, default: Double)
  /// Text.
  case string
  /// One of these names.
  case choice([String], default: String?)
  /// Some of these names, joined by `|`.
  case flags([String])
  /// An interpolator's name: `nearest`, `bilinear`, `bicubic`, `lbb`, `nohalo`, `vsqbs`.
  case interpolator
  /// A picture.
  case image
  /// Whole numbers.
  case ints
  /// Numbers.
  case doubles
  /// Pictures.
  case images
  /// Bytes.
  case bytes
  /// A GObject type that calls from here cannot carry.
  case unsupported(String)

  /// The type in words: `a number from 0 to 1000`.
  public var expectation: String {
    switch self {
    case .bool: "true or false"
    case .int(let range, _): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .double(let range, _): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .string: "text"
    case .choice(let names, _): "one of \(names.joined(separator: ", "))"
    case .flags(let names): "any of \(names.joined(separator: ", ")), joined by |"
    case .interpolator: "an interpolator: nearest, bilinear, bicubic, lbb, nohalo or vsqbs"
    case .image: "a picture"
    case .ints: "a list of whole numbers"
    case .doubles: "a list of numbers"
    case .images: "a list of pictures"
    case .bytes: "bytes"
    case .unsupported(let name): "a \(name), which cannot be given from here"
    }
  }
}

func canonicalArgumentName(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
