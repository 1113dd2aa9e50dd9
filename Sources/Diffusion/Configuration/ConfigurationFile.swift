/// A JSON value of a configuration file, with objects' members in the file's order.
enum ConfigurationValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([ConfigurationValue])
  case object([(String, ConfigurationValue)])

  static func == (left: ConfigurationValue, right: ConfigurationValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a.count == b.count && zip(a, b).allSatisfy { $0 == $1 }
    default: false
    }
  }
}

/// A configuration file, read strictly: at most 64 MiB, an object, no name twice, at most 32 levels.
///
/// Python's `Infinity`, `-Infinity` and `NaN` are taken, because diffusers writes them.
struct ConfigurationFile {
  /// The file's path.
  let path: String
  /// The members of the outermost object.
  let root: [String: ConfigurationValue]

  init(contentsOf path: String) throws(CheckpointError) {
    let file = try MappedFile(path: path)
    guard file.byteCount <= 64 << 20 else {
      throw CheckpointError(.notJSON, in: path, "\(file.byteCount) bytes is too long for a configuration")
    }
    self = try file.withBytes { bytes throws(CheckpointError) in
      try ConfigurationFile(bytes, path: path)
    }
  }

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    guard isUTF8(bytes) else { throw CheckpointError(.notJSON, in: path, "not UTF-8") }
    let value: ConfigurationValue
    do throws(JSONScanner.Fault) {
      var scanner = JSONScanner(bytes)
      value = try parse(&scanner, depth: 0)
      try scanner.end()
    } catch {
      throw CheckpointError(error.reason, in: path, error.detail)
    }
    guard case .object(let members) = value else {
      throw CheckpointError(.notJSON, in: path, "an object expected")
    }
    self.path = path
    root = Dictionary(uniqueKeysWithValues: members)
  }
}

private func parse(_ scanner: inout JSONScanner, depth: Int) throws(JSONScanner.Fault) -> ConfigurationValue {
  guard depth < 32 else { throw scanner.malformed("nested deeper than 32 levels") }
  switch try scanner.peek() {
  case .string: return .string(try scanner.string())
  case .object:
    var members: [(String, ConfigurationValue)] = []
    try scanner.object { name, scanner throws(JSONScanner.Fault) in
      members.append((name, try parse(&scanner, depth: depth + 1)))
    }
    return .object(members)
  case .array:
    var elements: [ConfigurationValue] = []
    try scanner.array { scanner throws(JSONScanner.Fault) in
      elements.append(try parse(&scanner, depth: depth + 1))
    }
    return .array(elements)
  case .number:
    if scanner.accept(word: "-Infinity") { return .number(-.infinity) }
    return .number(Double(try scanner.number())!)
  case .literal:
    switch try scanner.literal() {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "Infinity": return .number(.infinity)
    case "NaN": return .number(.nan)
    case let word: throw scanner.malformed("unknown word \"\(word)\"")
    }
  }
}
