/// Declares one parameter of a stage: default, bounds and help in one place.
///
/// ```swift
/// struct Parameters: StageParameters {
///   @Parameter(help: "Points sampled on each side's curve.", 2...1000) var samples = 20
///   @Parameter(help: "The picture to read.") var path: InputPath
/// }
/// ```
/// A parameter without a default must be given, unless it is an optional. Documents may still call it by the names it
/// had `formerly`; whoever runs one is shown the new name.
@propertyWrapper
public struct Parameter<Value: ParameterValue>: Sendable, Decodable {
  private var value: Value?
  let help: String
  let bounds: Bounds
  let count: Bounds
  let formerNames: [String]

  /// The parameter's value. Reading one that has no default before it was given is a programming error.
  public var wrappedValue: Value {
    get {
      guard let value else { preconditionFailure("a parameter without default was read before it was set") }
      return value
    }
    set { value = newValue }
  }

  private init(
    _ value: Value?, _ help: String, _ bounds: Bounds, _ count: Bounds, _ formerNames: [String] = []
  ) {
    self.value = value
    self.formerNames = formerNames
    self.help = help
    self.bounds = bounds
    self.count = count
  }

  /// A parameter with a default. For a list, `bounds` hold for its elements and `count` for its length.
  public init(
    wrappedValue: Value, help: String, _ bounds: ClosedRange<Double>, count: Bounds = .none,
    formerly: [String] = []
  ) {
    let limits = Bounds(minimum: bounds.lowerBound, maximum: bounds.upperBound)
    self.init(wrappedValue, help, limits, count, formerly)
  }

  /// A parameter with a default and no upper bound.
  public init(
    wrappedValue: Value, help: String, _ bounds: PartialRangeFrom<Double>, count: Bounds = .none,
    formerly: [String] = []
  ) {
    self.init(wrappedValue, help, Bounds(minimum: bounds.lowerBound), count, formerly)
  }

  /// A parameter with a default and no bounds.
  public init(wrappedValue: Value, help: String, count: Bounds = .none, formerly: [String] = []) {
    self.init(wrappedValue, help, .none, count, formerly)
  }

  /// A parameter that must be given.
  public init(help: String, _ bounds: ClosedRange<Double>, count: Bounds = .none, formerly: [String] = []) {
    let limits = Bounds(minimum: bounds.lowerBound, maximum: bounds.upperBound)
    self.init(nil, help, limits, count, formerly)
  }

  /// A parameter that must be given and has no bounds.
  public init(help: String, count: Bounds = .none, formerly: [String] = []) {
    self.init(nil, help, .none, count, formerly)
  }

  /// Parameters are decoded by ``StageParameters/init(settings:)`` alone.
  public init(from decoder: any Decoder) throws {
    throw DecodingError.dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "a parameter is decoded with its whole stage"))
  }
}

/// What the registry and the decoder see of a `Parameter`, whatever its value's type.
protocol AnyParameter {
  init?(setting: Setting)
  func descriptor(named name: String) -> ParameterDescriptor
}

extension Parameter: AnyParameter {
  init?(setting: Setting) {
    guard let value = Value(setting: setting) else { return nil }
    self.init(value, "", .none, .none)
  }

  func descriptor(named name: String) -> ParameterDescriptor {
    ParameterDescriptor(
      name: name, kind: Value.kind(bounds).counted(count),
      defaultValue: value?.json ?? (Value.self is any AnyOptional.Type ? .null : nil),
      help: help, formerNames: formerNames)
  }
}

private protocol AnyOptional {}
extension Optional: AnyOptional {}

/// One parameter as everything but the stage itself sees it.
public struct ParameterDescriptor: Sendable, Hashable {
  /// Its name in a document's `set`.
  public var name: String
  /// What values it takes.
  public var kind: ParameterKind
  /// The value when none is given: null for an optional parameter, nil where one must be given.
  public var defaultValue: JSONValue?
  /// One line of help.
  public var help: String
  /// Names it had before, the first one first, which documents may still use.
  public var formerNames: [String]
  /// The name under which it enters fingerprints, so that results that were stored before it was renamed are found.
  var firstName: String { formerNames.first ?? name }

  /// Whether a document must give it.
  public var isRequired: Bool { defaultValue == nil }

  /// A parameter.
  public init(
    name: String, kind: ParameterKind, defaultValue: JSONValue? = nil, help: String,
    formerNames: [String] = []
  ) {
    self.name = name
    self.formerNames = formerNames
    self.kind = kind
    self.defaultValue = defaultValue
    self.help = help
  }
}

extension ParameterKind {
  /// The kind with that length, if it is a list.
  fileprivate func counted(_ count: Bounds) -> ParameterKind {
    switch self {
    case .array(let element, _): .array(of: element, count: count)
    case .optional(let kind): .optional(kind.counted(count))
    default: self
    }
  }
}
