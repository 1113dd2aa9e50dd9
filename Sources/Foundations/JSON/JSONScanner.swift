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

/// Reads JSON (RFC 8259) piece by piece, strictly: one value per member name, valid UTF-8 (checked by the
/// caller), no leading zeros, no trailing commas. Nothing is built that the caller does not ask for, so a
/// hostile header costs no more memory than what is kept of it.
package struct JSONScanner<Fault: JSONScannerError> {

  private let bytes: UnsafeRawBufferPointer
  package private(set) var position = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// What the next value is, from its first character.
  package enum Kind { case object, array, string, number, literal }

  package mutating func peek() throws(Fault) -> Kind {
    skipSpace()
    switch try byte() {
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
    if accept("}") { return }
    var names: Set<String> = []
    repeat {
      let start = position
      let name = try string()
      guard names.insert(name).inserted else {
        throw Fault(
          JSONFault(detail: "\"\(name)\" for the second time at byte \(start)", isDuplicateName: true))
      }
      try expect(":")
      try member(name, &self)
    } while accept(",")
    try expect("}")
  }

  /// Reads an array; `element` must read one value.
  package mutating func array(_ element: (inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
    try expect("[")
    if accept("]") { return }
    repeat { try element(&self) } while accept(",")
    try expect("]")
  }

  package mutating func string() throws(Fault) -> String {
    try expect("\"")
    var units: [UInt8] = []
    while true {
      let next = try byte()
      position += 1
      switch next {
      case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"): units.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw malformed("a control character in a string")
      default: units.append(next)
      }
    }
  }

  /// The text of a number.
  package mutating func number() throws(Fault) -> String {
    skipSpace()
    let start = position
    _ = acceptByte("-")
    let integer = digits()
    guard integer > 0, integer == 1 || bytes[position - integer] != UInt8(ascii: "0") else {
      throw malformed("a number expected")
    }
    if acceptByte(".") { guard digits() > 0 else { throw malformed("digits expected after the point") } }
    if acceptByte("e") || acceptByte("E") {
      if !acceptByte("+") { _ = acceptByte("-") }
      guard digits() > 0 else { throw malformed("digits expected in the exponent") }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// A word: `true`, `false`, `null`, or one that the caller refuses.
  package mutating func literal() throws(Fault) -> String {
    skipSpace()
    let start = position
    while position < bytes.count, Character(Unicode.Scalar(bytes[position])).isLetter { position += 1 }
    guard position > start else { throw malformed("a value expected") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Takes the word if it comes next.
  package mutating func accept(word: String) -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  /// Checks that only white space follows.
  package mutating func end() throws(Fault) {
    skipSpace()
    guard position == bytes.count else { throw malformed("nothing more expected") }
  }

  package func malformed(_ detail: String) -> Fault {
    Fault(JSONFault(detail: "\(detail) at byte \(position)"))
  }

  private func byte() throws(Fault) -> UInt8 {
    guard position < bytes.count else { throw malformed("the text ends") }
    return bytes[position]
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func acceptByte(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return acceptByte(character)
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
    guard accept(character) else { throw malformed("'\(character)' expected") }
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    return position - start
  }

  private mutating func escape() throws(Fault) -> Unicode.Scalar {
    let next = try byte()
    position += 1
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(next)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw malformed("an unknown escape")
    }
    let high = try hexUnit()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, acceptByte("\\"), acceptByte("u") else { throw malformed("a lone surrogate") }
    let low = try hexUnit()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    else { throw malformed("a lone surrogate") }
    return scalar
  }

  private mutating func hexUnit() throws(Fault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try byte())).hexDigitValue else {
        throw malformed("four hexadecimal digits expected")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
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
      if allowsNonfinite, accept(word: "-Infinity") { return .number(-.infinity) }
      return .number(Double(try number())!)
    case .literal:
      switch try literal() {
      case "null": return .null
      case "true": return .bool(true)
      case "false": return .bool(false)
      case "Infinity" where allowsNonfinite: return .number(.infinity)
      case "NaN" where allowsNonfinite: return .number(.nan)
      case let word: throw malformed("unknown word \"\(word)\"")
      }
    }
  }
}
