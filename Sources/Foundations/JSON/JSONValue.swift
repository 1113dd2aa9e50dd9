/// A JSON value. Object members are kept by name; their order carries no meaning in a pipeline document.
///
/// Numbers are IEEE doubles. The parser refuses what a double would round (integers beyond ±2^53), so a
/// `number` with no fraction is an exact integer.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

extension JSONValue {
  /// The value as a boolean, or nil.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The value as a number, or nil.
  public var number: Double? { if case .number(let value) = self { value } else { nil } }
  /// The value as an exact integer, or nil when it is no number or has a fraction.
  public var integer: Int? { number.flatMap { Int(exactly: $0) } }
  /// The value as a string, or nil.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The value's elements, or nil.
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  /// The value's members, or nil.
  public var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }

  /// The member of that name, or nil when there is none or the value is no object.
  public subscript(name: String) -> JSONValue? { object?[name] }

  /// What a person calls this kind of value.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

// Not by `nil`: where a `JSONValue?` is meant, that would make null of nothing.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Makes a string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes a number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes an array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Makes an object. The last of two members with one name wins.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
  /// Makes a number from an integer.
  public init(_ value: Int) { self = .number(Double(value)) }
}
