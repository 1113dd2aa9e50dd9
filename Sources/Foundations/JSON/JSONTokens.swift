/// Reads the tokens of a JSON text (RFC 8259), strictly: words, numbers, strings and the space between them. Whether they
/// make a value is for those who ask for them.
///
/// The text must have been checked to be UTF-8, whole or by ``checkEncoding()``.
struct JSONTokens {
  /// What no token is.
  struct Fault: Error {
    var message: String
    var range: Range<Int>
    var expected: String
    var suggestion: String?
  }

  let bytes: UnsafeRawBufferPointer
  /// The byte at hand.
  var index = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// A fault at these bytes, or at the one at hand.
  func fault(
    _ message: String, _ range: Range<Int>? = nil, expected: String, suggestion: String? = nil
  ) -> Fault {
    Fault(
      message: message, range: range ?? index..<(index + 1), expected: expected, suggestion: suggestion)
  }

  /// The byte at hand; 0 at the end of the text, which stands in no JSON.
  var byte: UInt8 { index < bytes.count ? bytes[index] : 0 }

  /// What stands in these bytes.
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  mutating func take(_ wanted: UInt8) -> Bool {
    guard byte == wanted else { return false }
    index += 1
    return true
  }

  mutating func skipSpace() throws(Fault) {
    while true {
      switch byte {
      case 0x20, 0x09, 0x0a, 0x0d: index += 1
      case UInt8(ascii: "/"), UInt8(ascii: "#"):
        throw fault("JSON has no comments", expected: "remarks under a \"notes\" key")
      default: return
      }
    }
  }

  mutating func checkEncoding() throws(Fault) {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      throw fault("the text starts with a byte order mark", expected: "UTF-8 without one")
    }
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) || bytes.prefix(2).contains(0) {
      throw fault("the text is not UTF-8; it looks like UTF-16", expected: "text in UTF-8")
    }
    // Once for the whole text: checking each string by itself costs more than all else.
    if String(validating: bytes, as: UTF8.self) == nil { throw notUTF8() }
  }

  private mutating func notUTF8() -> Fault {
    var decoder = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    while case .valid(let scalar) = decoder.parseScalar(from: &rest) { index += scalar.count }
    return fault("the text is not UTF-8 here", expected: "text in UTF-8")
  }

  // MARK: Words

  /// `true`, `false` or `null`; anything else is no value, and is said by the name people have for it.
  mutating func word() throws(Fault) -> JSONValue {
    let start = index
    let word = letters()
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "": throw noValue()
    default: break
    }
    if ["nan", "infinity", "inf"].contains(word.lowercased()) { throw infinity(start) }
    throw fault(
      "\(word) is no JSON value", start..<index,
      expected: "a string in double quotes, a number, true, false or null",
      suggestion: nearestName(to: word, among: ["true", "false", "null"]))
  }

  private func noValue() -> Fault {
    let values = "a string, number, list, object, true, false or null"
    switch byte {
    case 0 where index == bytes.count:
      return fault("the text ends where a value should stand", expected: values)
    case UInt8(ascii: "'"): return fault("strings stand in double quotes", expected: "\"")
    case UInt8(ascii: "+"): return fault("a number starts with +", expected: "the number alone")
    case UInt8(ascii: "."): return fault("a number starts with its point", expected: "0 before it")
    default: break
    }
    let character = String(decoding: bytes[index...].prefix(8), as: UTF8.self).first ?? " "
    return "“”„‘’«»".contains(character)
      ? fault("strings stand in straight double quotes", expected: "\"")
      : fault("no value starts like this", expected: values)
  }

  private func infinity(_ start: Int) -> Fault {
    fault("JSON has no NaN and no Infinity", start..<index, expected: "a number or null")
  }

  /// Reads the letters at hand, at most 40.
  mutating func letters() -> String {
    let start = index
    while index < start + 40, isLetter(byte) || index > start && isDigit(byte) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  // MARK: Numbers

  /// The bytes of a number, and whether it has neither point nor exponent.
  mutating func number() throws(Fault) -> (literal: Range<Int>, isInteger: Bool) {
    let start = index
    let isNegative = take(UInt8(ascii: "-"))
    let whole = index
    if take(UInt8(ascii: "0")) {
      if isDigit(byte) { throw fault("a number starts with 0", expected: "no leading zeros") }
    } else {
      if isNegative, ["Infinity", "inf", "NaN"].contains(letters()) { throw infinity(whole) }
      index = whole
      try digits()
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    if isLetter(byte) || byte == UInt8(ascii: ".") {
      throw fault("a number goes on with what is no digit", expected: "decimal digits")
    }
    return (start..<index, isInteger)
  }

  private mutating func digits() throws(Fault) {
    guard isDigit(byte) else { throw fault("a digit is missing in a number", expected: "0 to 9") }
    repeat { index += 1 } while isDigit(byte)
  }

  // MARK: Strings

  /// A string, from the quote at hand on.
  mutating func string() throws(Fault) -> String {
    index += 1
    let start = index
    skipPlainText()
    var text = plainText(from: start)
    while true {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return text
      case UInt8(ascii: "\\"): text.unicodeScalars.append(try escape())
      default: throw unfinished(stringFrom: start - 1)
      }
      let plain = index
      skipPlainText()
      text += plainText(from: plain)
    }
  }

  private func plainText(from start: Int) -> String { text(start..<index) }

  private mutating func skipPlainText() {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
      index += 1
    }
  }

  private func unfinished(stringFrom start: Int) -> Fault {
    switch byte {
    case 0 where index == bytes.count: fault("the string has no end", start..<(start + 1), expected: "\"")
    case 0x0a, 0x0d: fault("the string does not end on its line", expected: "\", or \\n for a new line")
    case 0x09: fault("a tab stands in a string", expected: "\\t")
    default: fault("a control character stands in a string", expected: "an escape such as \\u001b")
    }
  }

  private mutating func escape() throws(Fault) -> Unicode.Scalar {
    index += 1
    defer { index += 1 }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default:
      throw fault("there is no such escape", (index - 1)..<(index + 1), expected: "\\n, \\t, \\\\, \\u00e9 …")
    }
  }

  /// Reads from the `u` to the last digit, at which it leaves the index.
  private mutating func unicodeEscape() throws(Fault) -> Unicode.Scalar {
    let start = index - 1
    var code = try codeUnit()
    if (0xd800..<0xdc00).contains(code), bytes[(index + 1)...].starts(with: [0x5c, 0x75]) {
      index += 2
      let low = try codeUnit()
      guard (0xdc00..<0xe000).contains(low) else { throw loneSurrogate(start) }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw loneSurrogate(start) }
    return scalar
  }

  /// Reads the four digits after the `u` at hand.
  private mutating func codeUnit() throws(Fault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      index += 1
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw fault("an escape has no four hexadecimal digits", expected: "\\u and four digits")
      }
      unit = unit << 4 + UInt32(digit)
    }
    return unit
  }

  private func loneSurrogate(_ start: Int) -> Fault {
    fault(
      "half of a surrogate pair stands alone", start..<(index + 1),
      expected: "both halves, or the character itself")
  }
}
