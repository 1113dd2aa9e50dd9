/// Walks the JSON of a text and collects every fault with its place: what readers of documents and of manifests have
/// in common.
package protocol JSONWalker {
  /// The text.
  var source: JSONDocument { get }
  /// What is wrong with it, as far as it has been walked.
  var faults: [Diagnostic] { get set }
}

extension JSONWalker {
  /// Notes a fault. With `key`, the member's name is at fault rather than its value.
  package mutating func fault(
    _ message: String, at pointer: JSONPointer, key: Bool = false, expected: String? = nil,
    suggestion: String? = nil
  ) {
    faults.append(
      source.diagnostic(message, at: pointer, key: key, expected: expected, suggestion: suggestion))
  }

  /// An object's members; none when it is no object. Names that are neither required nor optional are faults, as are
  /// required ones that are missing.
  package mutating func object(
    _ value: JSONValue, at pointer: JSONPointer, required: [String] = [], optional: [String]
  ) -> [String: JSONValue] {
    guard let members = value.object else {
      fault("\(value.phrase) stands here", at: pointer, expected: "an object")
      return [:]
    }
    let allowed = required + optional
    for name in members.keys where !allowed.contains(name) {
      fault(
        "unknown key '\(name)'", at: pointer / name, key: true,
        expected: "one of " + allowed.joined(separator: ", "),
        suggestion: nearestName(to: name, among: allowed))
    }
    for name in required where members[name] == nil { fault("'\(name)' is missing", at: pointer) }
    return members
  }

  /// Checks a value against a kind, noting each fault at its place within the value; tells whether there was none.
  @discardableResult
  package mutating func check(_ value: JSONValue, at pointer: JSONPointer, _ kind: ParameterKind) -> Bool {
    let found = kind.faults(of: .value(value))
    for fault in found {
      self.fault(
        fault.message, at: JSONPointer(pointer.tokens + fault.pointer.tokens), expected: fault.expected,
        suggestion: fault.suggestion)
    }
    return found.isEmpty
  }

  /// A member's object; none when the member is absent or no object, which is a fault.
  package mutating func children(of value: JSONValue?, at pointer: JSONPointer) -> [String: JSONValue] {
    guard let value else { return [:] }
    guard let members = value.object else {
      fault("'\(pointer.tokens.last ?? "")' is \(value.phrase)", at: pointer, expected: "an object")
      return [:]
    }
    return members
  }

  /// A string; nil when it is none, which is a fault.
  package mutating func string(_ value: JSONValue, at pointer: JSONPointer, _ expected: String) -> String? {
    guard let text = value.string else {
      fault("\(value.phrase) stands here", at: pointer, expected: expected)
      return nil
    }
    return text
  }

  /// Notes that this text is of another format version than 1.
  package mutating func checkFormatVersion(_ value: JSONValue) {
    if value.integer != 1 {
      fault("this program reads format version 1", at: .root / "formatVersion", expected: "1")
    }
  }
}

extension JSONValue {
  /// The value's kind with its article: `an array`.
  package var phrase: String {
    switch self {
    case .array, .object: "an \(kindName)"
    case .null: "null"
    default: "a \(kindName)"
    }
  }

  /// Whether a member's name anywhere in the value starts with `$`. Such names are for references, and for what
  /// planning ties to a value; no value that a document or a caller gives may have one.
  var holdsReservedNames: Bool {
    switch self {
    case .array(let values): values.contains(where: \.holdsReservedNames)
    case .object(let members):
      members.contains { $0.key.hasPrefix("$") || $0.value.holdsReservedNames }
    default: false
    }
  }
}
