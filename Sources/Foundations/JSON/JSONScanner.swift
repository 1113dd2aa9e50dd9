/// What is wrong with a JSON text that is read piece by piece.
package struct JSONFault: Error {
  /// What was found, and at which byte.
  package var detail: String
  /// Whether two members of an object have one name, rather than that the text is no JSON.
  package var isDuplicateName = false
}

/// What reading a JSON text piece by piece throws: faults of the text, and those that the reader finds in its values.
package protocol JSONScannerError: Error {
  /// A fault of the text.
  init(_ fault: JSONFault)
}

extension JSONFault: JSONScannerError {
  package init(_ fault: JSONFault) { self = fault }
}

/// Reads JSON (RFC 8259) piece by piece, strictly: one value per member name, valid UTF-8 (checked by the caller).
/// Nothing is built that the caller does not ask for, so a hostile header costs no more memory than what is kept of it.
package struct JSONScanner<Fault: JSONScannerError> {
  private var tokens: JSONTokens

  package init(_ bytes: UnsafeRawBufferPointer) { tokens = JSONTokens(bytes) }

  /// What the next value is, from its first character.
  package enum Kind { case object, array, string, number, literal }

  package mutating func peek() throws(Fault) -> Kind {
    try skipSpace()
    switch tokens.byte {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: return .literal
    }
  }

  /// Reads an object; `member` must read the value of the name it is given.
  package mutating func object(_ member: (String, inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
    try expect("{")
    if try accept("}") { return }
    var names: Set<String> = []
    repeat {
      try skipSpace()
      let start = tokens.index
      let name = try string()
      guard names.insert(name).inserted else {
        throw Fault(
          JSONFault(detail: "\"\(name)\" for the second time at byte \(start)", isDuplicateName: true))
      }
      try expect(":")
      try member(name, &self)
    } while try accept(",")
    try expect("}")
  }

  /// Reads an array; `element` must read one value.
  package mutating func array(_ element: (inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
    try expect("[")
    if try accept("]") { return }
    repeat { try element(&self) } while try accept(",")
    try expect("]")
  }

  package mutating func string() throws(Fault) -> String {
    try skipSpace()
    guard tokens.byte == UInt8(ascii: "\"") else { throw malformed("a string expected") }
    return try token { tokens throws(JSONTokens.Fault) in try tokens.string() }
  }

  /// The text of a number.
  package mutating func number() throws(Fault) -> String {
    try skipSpace()
    return tokens.text(try token { tokens throws(JSONTokens.Fault) in try tokens.number().literal })
  }

  /// Takes the word if it comes next.
  package mutating func accept(word: String) throws(Fault) -> Bool {
    try skipSpace()
    guard tokens.bytes[tokens.index...].starts(with: word.utf8) else { return false }
    tokens.index += word.utf8.count
    return true
  }

  /// Checks that only white space follows.
  package mutating func end() throws(Fault) {
    try skipSpace()
    guard tokens.index == tokens.bytes.count else { throw malformed("nothing more expected") }
  }

  private func malformed(_ detail: String) -> Fault {
    Fault(JSONFault(detail: "\(detail) at byte \(tokens.index)"))
  }

  private mutating func skipSpace() throws(Fault) {
    try token { tokens throws(JSONTokens.Fault) in try tokens.skipSpace() }
  }

  private mutating func accept(_ character: Unicode.Scalar) throws(Fault) -> Bool {
    try skipSpace()
    return tokens.take(UInt8(ascii: character))
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
    guard try accept(character) else { throw malformed("'\(character)' expected") }
  }

  private mutating func token<Result>(
    _ read: (inout JSONTokens) throws(JSONTokens.Fault) -> Result
  ) throws(Fault) -> Result {
    do {
      return try read(&tokens)
    } catch {
      throw Fault(JSONFault(detail: "\(error.message) at byte \(error.range.lowerBound)"))
    }
  }
}

extension JSONScanner {
  /// Reads a value, whatever it is.
  ///
  /// - Parameters:
  ///   - depth: how deeply lists and objects may be nested.
  ///   - allowsNonfinite: whether Python's `Infinity`, `-Infinity` and `NaN` are numbers.
  package mutating func value(depth: Int, allowsNonfinite: Bool = false) throws(Fault) -> JSONValue {
    guard depth > 0 else { throw malformed("nested too deeply") }
    switch try peek() {
    case .string: return .string(try string())
    case .object:
      var members: [String: JSONValue] = [:]
      try object { name, scanner throws(Fault) in
        members[name] = try scanner.value(depth: depth - 1, allowsNonfinite: allowsNonfinite)
      }
      return .object(members)
    case .array:
      var elements: [JSONValue] = []
      try array { scanner throws(Fault) in
        elements.append(try scanner.value(depth: depth - 1, allowsNonfinite: allowsNonfinite))
      }
      return .array(elements)
    case .number:
      if allowsNonfinite, try accept(word: "-Infinity") { return .number(-.infinity) }
      return .number(Double(try number())!)
    case .literal:
      if allowsNonfinite, try accept(word: "Infinity") { return .number(.infinity) }
      if allowsNonfinite, try accept(word: "NaN") { return .number(.nan) }
      return try token { tokens throws(JSONTokens.Fault) in try tokens.word() }
    }
  }
}
