/// A stage's parameters: a struct whose every stored property is a ``Parameter`` or a ``ParameterGroup``.
public protocol StageParameters: Decodable, Sendable {
  /// All defaults.
  init()
  /// Says what is wrong when values that are each allowed do not fit together: a parameter's name and the fault.
  func conflict() -> ParameterConflict?
}

extension StageParameters {
  /// By default, values that are each allowed fit together.
  public func conflict() -> ParameterConflict? { nil }
}

/// Parameters that do not fit together.
public struct ParameterConflict: Error, Sendable, CustomStringConvertible {
  /// The parameter to change.
  public let parameter: String
  /// What is wrong, in the user's words.
  public let message: String

  /// Parameters that do not fit together.
  public init(_ parameter: String, _ message: String) {
    self.parameter = parameter
    self.message = message
  }

  /// `scale: a picture of …`.
  public var description: String { "\(parameter): \(message)" }
}

/// For a stage that has no parameters.
public struct NoParameters: StageParameters {
  /// Nothing.
  public init() {}
}

extension StageParameters {
  /// The parameters' descriptors, in the order of declaration.
  public static var descriptors: [ParameterDescriptor] { Self().descriptors }

  /// The same, with the present values for defaults.
  var descriptors: [ParameterDescriptor] {
    Mirror(reflecting: self).children.flatMap { child -> [ParameterDescriptor] in
      if let group = child.value as? any AnyParameterGroup { return group.descriptors }
      guard let label = child.label, let parameter = child.value as? any AnyParameter else { return [] }
      return [parameter.descriptor(named: String(label.drop { $0 == "_" }))]
    }
  }

  /// Whether any are in a group.
  static var hasGroups: Bool {
    Mirror(reflecting: Self()).children.contains { $0.value is any AnyParameterGroup }
  }

  /// What is wrong with these values together, or with those of a group.
  package var firstConflict: ParameterConflict? {
    if let conflict = conflict() { return conflict }
    return Mirror(reflecting: self).children.lazy
      .compactMap { ($0.value as? any AnyParameterGroup)?.firstConflict }.first
  }

  /// The parameters from settings that are complete and valid: every descriptor's name has a value.
  public init(settings: [String: Setting]) throws {
    self = try Self(from: SettingsDecoder(settings: settings))
  }
}

/// Hands each `Parameter` its JSON value; knows nothing else of Codable.
private struct SettingsDecoder: Decoder {
  let settings: [String: Setting]
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Settings(settings: settings))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unsupported(nil) }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw unsupported(nil) }
}

private struct Settings<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let settings: [String: Setting]
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { settings.keys.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool { settings[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { settings[key.stringValue] == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    if let group = type as? any AnyParameterGroup.Type { return try group.init(settings: settings) as! Value }
    guard let parameter = type as? any AnyParameter.Type, let setting = settings[key.stringValue],
      let value = parameter.init(setting: setting) as? Value
    else { throw unsupported(key) }
    return value
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { throw unsupported(key) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw unsupported(key)
  }
  func superDecoder() throws -> any Decoder { throw unsupported(nil) }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw unsupported(key) }
}

private func unsupported(_ key: (any CodingKey)?) -> DecodingError {
  .dataCorrupted(
    .init(
      codingPath: key.map { [$0] } ?? [],
      debugDescription:
        "every stored property of StageParameters must be a @Parameter with a checked value, or a @ParameterGroup"
    ))
}
