import Foundations

/// Takes typed values out of a configuration's object, collects everything that is wrong with them, and notes what
/// was taken, so that nothing in a file is passed over in silence.
struct ConfigurationFileReader {
  let path: String
  private let members: [String: JSONValue]
  private var taken: Set<String> = []
  private var faults: [String] = []

  init(_ file: ConfigurationFile) { self.init(path: file.path, members: file.root) }

  private init(path: String, members: [String: JSONValue]) { (self.path, self.members) = (path, members) }

  /// A reader of the object of that name, an empty one where there is none.
  mutating func nested(_ name: String) -> ConfigurationFileReader {
    let value = value(name)
    if value?.object == nil { fault(name, "is no object") }
    return ConfigurationFileReader(path: path, members: value?.object ?? [:])
  }

  /// Every member, taken or not.
  var allMembers: [String: JSONValue] { members }

  /// Notes that a value is missing, mistyped or not supported.
  mutating func fault(_ name: String, _ detail: String) { faults.append("\"\(name)\" \(detail)") }

  /// The value of that name; nil when there is none or it is null.
  mutating func value(_ name: String) -> JSONValue? {
    taken.insert(name)
    return members[name].flatMap { $0 == .null ? nil : $0 }
  }

  mutating func integer(_ name: String, default standard: Int) -> Int {
    guard let value = value(name) else { return standard }
    guard let integer = value.integer else { return wrong(name, "is no integer", standard) }
    return integer
  }

  /// A number of channels, layers or groups: at least 1, and at most what no network exceeds.
  mutating func count(_ name: String, default standard: Int) -> Int {
    let value = integer(name, default: standard)
    return Self.counts.contains(value) ? value : wrong(name, "is \(value)", standard)
  }

  mutating func number(_ name: String, default standard: Double) -> Double {
    guard let value = value(name) else { return standard }
    guard case .number(let number) = value else { return wrong(name, "is no number", standard) }
    return number
  }

  mutating func bool(_ name: String, default standard: Bool) -> Bool {
    guard let value = value(name) else { return standard }
    guard case .bool(let bool) = value else { return wrong(name, "is neither true nor false", standard) }
    return bool
  }

  mutating func string(_ name: String, default standard: String) -> String {
    guard let value = value(name) else { return standard }
    guard case .string(let string) = value else { return wrong(name, "is no string", standard) }
    return string
  }

  /// A string that must be one of an enumeration's names.
  mutating func choice<C: RawRepresentable & CaseIterable>(_ name: String, default standard: C) -> C
  where C.RawValue == String {
    let text = string(name, default: standard.rawValue)
    if let choice = C(rawValue: text) { return choice }
    let known = C.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    return wrong(name, "is \"\(text)\"; supported: \(known)", standard)
  }

  /// The nonlinearity of that name.
  mutating func activation(_ name: String, default standard: Activation) -> Activation {
    guard let value = value(name) else { return standard }
    let known: [String: Activation] = [
      "silu": .swish, "swish": .swish, "gelu": .gelu, "quick_gelu": .quickGelu, "relu": .relu,
    ]
    if case .string(let text) = value, let activation = known[text] { return activation }
    return wrong(name, "is \(value.text); supported: \(known.keys.sorted())", standard)
  }

  /// A count for every block; an array of just that many.
  mutating func counts(_ name: String, blocks: Int, default standard: [Int]) -> [Int] {
    guard let value = value(name) else {
      if standard.count == blocks { return standard }
      return wrong(name, "is missing", Array(repeating: standard[0], count: blocks))
    }
    let fallback = Array(repeating: standard[0], count: blocks)
    guard case .array(let elements) = value, (1...16).contains(blocks) else {
      return wrong(name, "is no array of 1 to 16 numbers", fallback)
    }
    let integers = elements.compactMap(\.integer).filter(Self.counts.contains)
    guard integers.count == elements.count, integers.count == blocks else {
      return wrong(name, "is no array of \(blocks) positive integers", fallback)
    }
    return integers
  }

  /// A count for every block: the file has one for all or an array.
  mutating func perBlock(_ name: String, blocks: Int, default standard: Int) -> [Int] {
    if case .array? = members[name] {
      return counts(name, blocks: blocks, default: Array(repeating: standard, count: blocks))
    }
    return Array(repeating: count(name, default: standard), count: blocks)
  }

  /// A count that may be written as an array, but must be the same for every block.
  mutating func sameForAll(_ name: String, blocks: Int, default standard: Int) -> Int {
    let counts = perBlock(name, blocks: blocks, default: standard)
    guard let first = counts.first else { return standard }
    return Set(counts).count == 1
      ? first : wrong(name, "differs between blocks, which is not supported", first)
  }

  /// An array of strings.
  mutating func strings(_ name: String, default standard: [String]) -> [String] {
    guard let value = value(name) else { return standard }
    guard case .array(let elements) = value, !elements.isEmpty else {
      return wrong(name, "is no array", standard)
    }
    let strings = elements.compactMap { element in
      if case .string(let string) = element { string } else { nil }
    }
    return strings.count == elements.count ? strings : wrong(name, "holds other than strings", standard)
  }

  /// Refuses a file that says it configures another class.
  mutating func checkClass(_ expected: String) {
    let found = string("_class_name", default: expected)
    if found != expected { fault("_class_name", "is \"\(found)\"; \"\(expected)\" expected") }
  }

  /// Options that this program knows only in one form: any other value is refused by name.
  mutating func require(_ options: [String: JSONValue]) {
    for (name, only) in options.sorted(by: { $0.key < $1.key }) {
      guard let value = value(name), value != only else { continue }
      fault(name, "is \(value.text); only \(only.text) is supported")
    }
  }

  /// Throws what was found. What was not taken is a fault too, but for notes (`_class_name` and the like) and what
  /// is null or false.
  mutating func finish(ignoring inert: Set<String> = []) throws(CheckpointError) {
    checkQuantization()
    for (name, value) in members.sorted(by: { $0.key < $1.key })
    where !taken.contains(name) && !inert.contains(name) && !name.hasPrefix("_") {
      guard value == .null || value == .bool(false) else {
        fault(name, "is \(value.text), an option this program does not know")
        continue
      }
    }
    try finishIgnoringTheRest()
  }

  /// Refuses weights that another program has quantised; which layers are quantised, the weights themselves tell.
  private mutating func checkQuantization() {
    let name = ModelQuantization.configurationKey
    guard let value = value(name) else { return }
    if value.object?[ModelQuantization.methodKey]?.string != ModelQuantization.method {
      fault(name, "is \(value.text); only what models quantize writes is supported")
    }
  }

  /// Throws what was found, whatever else the file holds.
  func finishIgnoringTheRest() throws(CheckpointError) {
    guard !faults.isEmpty else { return }
    throw CheckpointError(.unsupportedConfiguration, in: path, faults.joined(separator: "; "))
  }

  private mutating func wrong<Value>(_ name: String, _ detail: String, _ fallback: Value) -> Value {
    fault(name, detail)
    return fallback
  }

  /// Keeps every product of dimensions far from overflow.
  private static let counts = 1...1 << 14
}

extension JSONValue {
  /// The value as JSON, on one line, with Python's words for what is not finite.
  fileprivate var text: String {
    switch self {
    case .number(let number) where !number.isFinite: "\(number)"
    case .array(let elements): "[\(elements.map(\.text).joined(separator: ", "))]"
    case .object(let members):
      "{\(members.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1.text)" }.joined(separator: ", "))}"
    default: String(decoding: JSONWriter.canonical(self), as: UTF8.self)
    }
  }
}
