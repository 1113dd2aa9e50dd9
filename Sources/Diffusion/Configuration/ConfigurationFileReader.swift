/// Takes typed values out of a configuration's object and notes what was taken, so that nothing in a file is
/// passed over in silence.
struct ConfigurationFileReader {
  let path: String
  private let members: [String: ConfigurationValue]
  private var taken: Set<String> = []

  init(_ file: ConfigurationFile) {
    path = file.path
    members = file.root
  }

  /// Every member, taken or not.
  var allMembers: [String: ConfigurationValue] { members }

  func unsupported(_ name: String, _ detail: String) -> CheckpointError {
    CheckpointError(.unsupportedConfiguration, in: path, "\"\(name)\" \(detail)")
  }

  /// The value of that name; nil when there is none or it is null.
  mutating func value(_ name: String) -> ConfigurationValue? {
    taken.insert(name)
    return members[name].flatMap { $0 == .null ? nil : $0 }
  }

  mutating func integer(_ name: String, default standard: Int) throws(CheckpointError) -> Int {
    guard let value = value(name) else { return standard }
    guard let integer = value.integer else { throw unsupported(name, "is no integer") }
    return integer
  }

  mutating func positive(_ name: String, default standard: Int) throws(CheckpointError) -> Int {
    let value = try integer(name, default: standard)
    guard (1...1 << 20).contains(value) else { throw unsupported(name, "is \(value)") }
    return value
  }

  mutating func number(_ name: String, default standard: Double) throws(CheckpointError) -> Double {
    guard let value = value(name) else { return standard }
    guard case .number(let number) = value else { throw unsupported(name, "is no number") }
    return number
  }

  mutating func bool(_ name: String, default standard: Bool) throws(CheckpointError) -> Bool {
    guard let value = value(name) else { return standard }
    guard case .bool(let bool) = value else { throw unsupported(name, "is neither true nor false") }
    return bool
  }

  mutating func string(_ name: String, default standard: String) throws(CheckpointError) -> String {
    guard let value = value(name) else { return standard }
    guard case .string(let string) = value else { throw unsupported(name, "is no string") }
    return string
  }

  /// A string that must be one of an enumeration's names.
  mutating func choice<C: RawRepresentable & CaseIterable>(
    _ name: String, default standard: C
  ) throws(CheckpointError) -> C where C.RawValue == String {
    let text = try string(name, default: standard.rawValue)
    guard let choice = C(rawValue: text) else {
      let known = C.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw unsupported(name, "is \"\(text)\"; supported: \(known)")
    }
    return choice
  }

  /// An array of positive integers, or one integer for all `count` places.
  mutating func integers(
    _ name: String, count: Int, default standard: Int
  ) throws(CheckpointError) -> [Int] {
    guard case .array(let elements)? = value(name) else {
      return [Int](repeating: try positive(name, default: standard), count: count)
    }
    let integers = elements.compactMap(\.integer).filter { (1...1 << 20).contains($0) }
    guard integers.count == elements.count, integers.count == count else {
      throw unsupported(name, "is no array of \(count) positive integers")
    }
    return integers
  }

  /// An array of strings.
  mutating func strings(_ name: String, default standard: [String]) throws(CheckpointError) -> [String] {
    guard let value = value(name) else { return standard }
    guard case .array(let elements) = value else { throw unsupported(name, "is no array") }
    var strings: [String] = []
    for element in elements {
      guard case .string(let string) = element else { throw unsupported(name, "holds other than strings") }
      strings.append(string)
    }
    return strings
  }

  /// Options that this program knows only in one form: any other value is refused by name.
  mutating func require(_ options: [String: ConfigurationValue]) throws(CheckpointError) {
    for (name, only) in options.sorted(by: { $0.key < $1.key }) {
      guard let value = value(name), value != only else { continue }
      throw unsupported(name, "is \(value); only \(only) is supported")
    }
  }

  /// Refuses what was not taken, but for notes (`_class_name` and the like) and what is null or false.
  func finish(ignoring inert: Set<String> = []) throws(CheckpointError) {
    for (name, value) in members.sorted(by: { $0.key < $1.key })
    where !taken.contains(name) && !inert.contains(name) && !name.hasPrefix("_") {
      guard value == .null || value == .bool(false) else {
        throw unsupported(name, "is \(value), an option this program does not know")
      }
    }
  }
}

extension ConfigurationValue: CustomStringConvertible {
  var integer: Int? {
    guard case .number(let number) = self else { return nil }
    return Int(exactly: number)
  }

  var description: String {
    switch self {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .number(let number): integer.map { "\($0)" } ?? "\(number)"
    case .string(let string): "\"\(string)\""
    case .array(let elements): "[\(elements.map(\.description).joined(separator: ", "))]"
    case .object(let members): "{\(members.map { "\"\($0)\": \($1)" }.joined(separator: ", "))}"
    }
  }
}
