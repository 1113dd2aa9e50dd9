/// What values a parameter takes. Validation, help and the JSON Schema all read this.
public indirect enum ParameterKind: Sendable, Hashable {
  case boolean
  /// A whole number within these bounds.
  case integer(Bounds)
  /// A finite number within these bounds.
  case number(Bounds)
  case string
  /// The path of a file, to read or to write: what a document's own parameters know of it.
  case path
  /// One of these words.
  case choice([String])
  /// A file that is read. Its content, not its name, enters the fingerprint.
  case inputFile
  /// A file that is written. Only its extension enters the fingerprint.
  case outputFile
  /// Something outside the document that goes by a name, or by the path of a file or folder: a model. The words are
  /// all names there are, where that is known.
  case resource(String, words: [String]?)
  /// A list of that many values of one kind.
  case array(of: ParameterKind, count: Bounds)
  /// A value of that kind, or null for none.
  case optional(ParameterKind)
  /// Any JSON value.
  case json
}

/// The least and the greatest allowed value, both included; nil leaves that side open.
public struct Bounds: Sendable, Hashable {
  /// The least allowed value.
  public var minimum: Double?
  /// The greatest allowed value.
  public var maximum: Double?

  /// No bounds.
  public static let none = Bounds()

  /// Bounds, either of them open.
  public init(minimum: Double? = nil, maximum: Double? = nil) {
    self.minimum = minimum
    self.maximum = maximum
  }

  /// Whether the value lies within.
  public func contains(_ value: Double) -> Bool {
    (minimum.map { value >= $0 } ?? true) && (maximum.map { value <= $0 } ?? true)
  }

  /// In words: ` from 1 to 10`, ` of at least 1`, or nothing when open on both sides.
  var phrase: String {
    switch (minimum, maximum) {
    case (let low?, let high?): " from \(Self.text(low)) to \(Self.text(high))"
    case (let low?, nil): " of at least \(Self.text(low))"
    case (nil, let high?): " of at most \(Self.text(high))"
    case (nil, nil): ""
    }
  }

  static func text(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}

extension ParameterKind {
  /// In words, as a diagnostic's expectation: `an integer from 1 to 1000`.
  public var phrase: String {
    switch self {
    case .boolean: "true or false"
    case .integer(let bounds): "an integer" + bounds.phrase
    case .number(let bounds): "a number" + bounds.phrase
    case .string: "a string"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .path: "the path of a file"
    case .inputFile: "the path of a file to read"
    case .outputFile: "the path of a file to write"
    case .resource(_, let words?): "one of " + words.joined(separator: ", ")
    case .resource(let name, nil):
      "the name or the path of \("aeiou".contains(name.first ?? "x") ? "an" : "a") \(name)"
    case .array(let element, let count):
      "a list" + (count == .none ? "" : " with a length" + count.phrase) + " whose elements are each "
        + element.phrase
    case .optional(let kind): kind.phrase + ", or null"
    case .json: "any JSON value but a path"
    }
  }

  /// Every way in which the setting is not of this kind; pointers are relative to the setting.
  func faults(of setting: Setting) -> [ParameterFault] {
    switch (self, setting) {
    case (.optional, .null): []
    case (.optional(let kind), _): kind.faults(of: setting)
    case (.array(let element, let count), _):
      if let elements = setting.elements, count.contains(Double(elements.count)) {
        elements.enumerated().flatMap { index, setting in
          element.faults(of: setting).map { $0.below("\(index)") }
        }
      } else {
        [fault(setting)]
      }
    case (.resource(_, let words?), .resource(let resource)): faults(of: resource.name, among: words)
    case (.path, .path), (.inputFile, .path), (.outputFile, .path), (.resource(_, nil), .resource): []
    case (_, .value(let value)): faults(of: value)
    default: [fault(setting)]
    }
  }

  private func faults(of value: JSONValue) -> [ParameterFault] {
    switch (self, value) {
    case (.boolean, .bool), (.string, .string): []
    case (.json, _): value.holdsReservedNames ? [fault(.value(value))] : []
    case (.integer(let bounds), .number(let number)):
      // Written as 1e300 or 9007199254740994.0, a number may be whole and yet not the one that was meant.
      number == number.rounded() && abs(number) <= 0x1p53 && bounds.contains(number)
        ? [] : [fault(.value(value))]
    case (.number(let bounds), .number(let number)):
      number.isFinite && bounds.contains(number) ? [] : [fault(.value(value))]
    case (.choice(let words), .string(let word)), (.resource(_, let words?), .string(let word)):
      faults(of: word, among: words)
    case (.path, .string(let text)), (.inputFile, .string(let text)), (.outputFile, .string(let text)),
      (.resource, .string(let text)):
      BoundPath.mayBeWritten(text) ? [] : [fault(.value(value))]
    default: [fault(.value(value))]
    }
  }

  private func faults(of word: String, among words: [String]) -> [ParameterFault] {
    if words.contains(word) { return [] }
    return [fault(.value(.string(word)), suggestion: nearestName(to: word, among: words))]
  }

  private func fault(_ setting: Setting, suggestion: String? = nil) -> ParameterFault {
    let name = setting.plain.map(Self.name) ?? (setting.elements.map { "a list of \($0.count)" } ?? "a path")
    return ParameterFault(
      pointer: .root, message: "\(name) is not \(phrase)", expected: phrase, suggestion: suggestion)
  }

  private static func name(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): Bounds.text(value)
    case .string(let value): "\"\(value.count > 60 ? String(value.prefix(57)) + "…" : value)\""
    case .array(let values): "a list of \(values.count)"
    case .object: "an object"
    }
  }
}

/// One way in which a value does not fit its parameter.
struct ParameterFault {
  var pointer: JSONPointer
  var message: String
  var expected: String?
  var suggestion: String?

  func below(_ token: String) -> ParameterFault {
    var fault = self
    fault.pointer = JSONPointer([token] + pointer.tokens)
    return fault
  }
}

extension ParameterKind {
  package var isPath: Bool {
    switch self {
    case .path, .inputFile, .outputFile, .resource: true
    case .array(let element, _): element.isPath
    case .optional(let kind): kind.isPath
    default: false
    }
  }

  /// Whether a value of that kind can be one of this kind: found before any value is known.
  func mayTake(_ other: ParameterKind) -> Bool {
    switch (self, other) {
    case (_, .json), (.json, _): !other.isPath
    case (.optional(let kind), _): kind.mayTake(other)
    case (_, .optional(let kind)): mayTake(kind)
    case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number): true
    case (.boolean, .boolean): true
    case (.array(let element, _), .array(let others, _)): element.mayTake(others)
    case (.array, _), (_, .array): false
    case (.string, .string), (.string, .choice), (.choice, .string), (.choice, .choice): true
    case (.path, .string), (.path, .choice), (.inputFile, .string), (.inputFile, .choice): true
    case (.outputFile, .string), (.outputFile, .choice), (.resource, .string), (.resource, .choice): true
    default: isPath && other.isPath
    }
  }

  /// The value that a person means who wrote this text on the command line for a parameter of this kind.
  /// Text that cannot be meant so stays a string, for `faults(of:)` to name.
  ///
  /// Throws ``InvalidDocument`` for a number that cannot be kept exactly.
  func value(ofText text: String) throws(InvalidDocument) -> JSONValue {
    switch self {
    case .string, .path, .inputFile, .outputFile, .choice, .resource: return .string(text)
    case .optional(let kind): return text == "null" ? .null : try kind.value(ofText: text)
    case .boolean, .integer, .number, .array, .json:
      do {
        return try JSONValue(parsing: text)
      } catch {
        let isNumber = text.allSatisfy { $0.isASCII && $0.isNumber || "+-.eE".contains($0) }
        if isNumber, Double(text) != nil { throw error }
        return .string(text)
      }
    }
  }
}
