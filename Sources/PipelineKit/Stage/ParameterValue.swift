public import Foundation

/// A Swift type that a stage's parameter can have.
public protocol ParameterValue: Sendable {
  /// What values it takes. `bounds` are those stated beside the parameter; for a list they bound its elements.
  static func kind(_ bounds: Bounds) -> ParameterKind
  /// The value from a setting that has been checked against `kind`; nil if it does not fit all the same.
  init?(setting: Setting)
  /// The value as JSON.
  var json: JSONValue { get }
}

extension Bool: ParameterValue {
  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .boolean }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard let value = setting.plain?.bool else { return nil }
    self = value
  }
  /// The value as JSON.
  public var json: JSONValue { .bool(self) }
}

extension Int: ParameterValue {
  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .integer(bounds) }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard let value = setting.plain?.integer else { return nil }
    self = value
  }
  /// The value as JSON.
  public var json: JSONValue { .number(Double(self)) }
}

extension Double: ParameterValue {
  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .number(bounds) }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard let value = setting.plain?.number else { return nil }
    self = value
  }
  /// The value as JSON.
  public var json: JSONValue { .number(self) }
}

extension String: ParameterValue {
  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .string }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard let value = setting.plain?.string else { return nil }
    self = value
  }
  /// The value as JSON.
  public var json: JSONValue { .string(self) }
}

extension JSONValue: ParameterValue {
  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .json }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard let value = setting.plain else { return nil }
    self = value
  }
  /// The value as JSON.
  public var json: JSONValue { self }
}

extension Array: ParameterValue where Element: ParameterValue {
  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind {
    .array(of: Element.kind(bounds), count: .none)
  }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard let settings = setting.elements else { return nil }
    self = []
    for setting in settings {
      guard let element = Element(setting: setting) else { return nil }
      append(element)
    }
  }
  /// The value as JSON.
  public var json: JSONValue { .array(map(\.json)) }
}

/// No value is written as null.
extension Optional: ParameterValue where Wrapped: ParameterValue {
  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .optional(Wrapped.kind(bounds)) }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    if setting == .null {
      self = .none
    } else {
      guard let value = Wrapped(setting: setting) else { return nil }
      self = value
    }
  }
  /// The value as JSON.
  public var json: JSONValue { self?.json ?? .null }
}

/// A parameter that takes one of a few words: an enumeration with string cases.
public protocol ParameterChoice: ParameterValue, CaseIterable, RawRepresentable<String> {}

extension ParameterChoice {
  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .choice(allCases.map(\.rawValue)) }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard let value = setting.plain?.string.flatMap(Self.init(rawValue:)) else { return nil }
    self = value
  }
  /// The value as JSON.
  public var json: JSONValue { .string(rawValue) }
}

/// A file that a stage reads.
public struct InputPath: ParameterValue, Hashable {
  /// As its author wrote it, for messages: `photo.jpg`, or `-` for standard input.
  public let written: String
  /// Where it lies. Standard input has been spooled to a file.
  public let url: URL

  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .inputFile }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard case .path(let path) = setting else { return nil }
    written = path.written
    url = path.url
  }
  /// The value as JSON.
  public var json: JSONValue { .string(written) }
}

/// A file that a stage's result is delivered to.
public struct OutputPath: ParameterValue, Hashable {
  /// As its author wrote it; `-` is standard output.
  public let written: String
  /// Where it will lie.
  public let url: URL

  /// Whether it lies in the run's output folder, where folders are made as needed.
  let isInOutputFolder: Bool

  /// Whether the result goes to standard output.
  public var isStandardOutput: Bool { written == "-" }

  /// What values it takes.
  public static func kind(_ bounds: Bounds) -> ParameterKind { .outputFile }
  /// The value from a setting of its kind.
  public init?(setting: Setting) {
    guard case .path(let path) = setting else { return nil }
    written = path.written
    url = path.url
    isInOutputFolder = path.isConfined
  }
  /// The value as JSON.
  public var json: JSONValue { .string(written) }
}
