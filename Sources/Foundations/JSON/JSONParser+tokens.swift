// Words, numbers, strings and the space between them.
extension JSONParser {
  /// The byte at hand; 0 at the end of the text, which stands in no JSON.
  var byte: UInt8 { index < bytes.count ? bytes[index] : 0 }

  mutating func take(_ wanted: UInt8) -> Bool {
    guard byte == wanted else { return false }
    index += 1
    return true
  }

  mutating func skipSpace() throws {
    while true {
      switch byte {
      case 0x20, 0x09, 0x0a, 0x0d: index += 1
      case UInt8(ascii: "/"), UInt8(ascii: "#"):
        throw stop("JSON has no comments", expected: "remarks under a \"notes\" key")
      default: return
      }
    }
  }

  mutating func checkEncoding() throws {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      throw stop("the text starts with a byte order mark", expected: "UTF-8 without one")
    }
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) || bytes.prefix(2).contains(0) {
      throw stop("the text is not UTF-8; it looks like UTF-16", expected: "text in UTF-8")
    }
    // Once for the whole text: checking each string by itself costs more than all else.
    if String(validating: bytes, as: UTF8.self) == nil { throw notUTF8() }
  }

  private mutating func notUTF8() -> Stop {
    var decoder = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    while case .valid(let scalar) = decoder.parseScalar(from: &rest) { index += scalar.count }
    return stop("the text is not UTF-8 here", expected: "text in UTF-8")
  }

  // MARK: Words

  /// `true`, `false` or `null`; anything else is no value, and is said by the name people have for it.
  mutating func word() throws -> JSONValue {
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
    throw stop(
      "\(word) is no JSON value", start..<index,
      expected: "a string in double quotes, a number, true, false or null",
      suggestion: nearestName(to: word, among: ["true", "false", "null"]))
  }

  private mutating func noValue() -> Stop {
    let values = "a string, number, list, object, true, false or null"
    switch byte {
    case 0 where index == bytes.count:
      return stop("the text ends where a value should stand", expected: values)
    case UInt8(ascii: "'"): return stop("strings stand in double quotes", expected: "\"")
    case UInt8(ascii: "+"): return stop("a number starts with +", expected: "the number alone")
    case UInt8(ascii: "."): return stop("a number starts with its point", expected: "0 before it")
    default: break
    }
    let character = String(decoding: bytes[index...].prefix(8), as: UTF8.self).first ?? " "
    return "“”„‘’«»".contains(character)
      ? stop("strings stand in straight double quotes", expected: "\"")
      : stop("no value starts like this", expected: values)
  }

  private mutating func infinity(_ start: Int) -> Stop {
    stop("JSON has no NaN and no Infinity", start..<index, expected: "a number or null")
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

  mutating func number() throws -> Double {
    let start = index
    let isNegative = take(UInt8(ascii: "-"))
    let whole = index
    if take(UInt8(ascii: "0")) {
      if isDigit(byte) { throw stop("a number starts with 0", expected: "no leading zeros") }
    } else {
      if isNegative, ["Infinity", "inf", "NaN"].contains(letters()) { throw infinity(whole) }
      index = whole
      try digits()
    }
    let isShort = index - whole <= 15
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
      throw stop("a number goes on with what is no digit", expected: "decimal digits")
    }
    guard isInteger, isShort else { return try double(start..<index, isInteger: isInteger) }
    let magnitude = bytes[whole..<index].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return Double(isNegative ? -magnitude : magnitude)
  }

  /// The number of a literal that may be too large or too exact for a double.
  private mutating func double(_ range: Range<Int>, isInteger: Bool) throws -> Double {
    let literal = String(decoding: bytes[range], as: UTF8.self)
    guard let number = Double(literal), number.isFinite else {
      try note(
        "\(shortened(literal)) is too large a number", range, expected: "a number of at most 1.8e308")
      return 0
    }
    if isInteger, Int(literal).map({ $0.magnitude > 1 << 53 }) ?? true {
      try note(
        "\(shortened(literal)) cannot be kept exactly", range, expected: "an integer between -2^53 and 2^53")
    }
    return number
  }

  private mutating func digits() throws {
    guard isDigit(byte) else { throw stop("a digit is missing in a number", expected: "0 to 9") }
    repeat { index += 1 } while isDigit(byte)
  }

  // MARK: Strings

  mutating func string() throws -> String {
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

  private func plainText(from start: Int) -> String { String(decoding: bytes[start..<index], as: UTF8.self) }

  private mutating func skipPlainText() {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
      index += 1
    }
  }

  private mutating func unfinished(stringFrom start: Int) -> Stop {
    switch byte {
    case 0 where index == bytes.count: stop("the string has no end", start..<(start + 1), expected: "\"")
    case 0x0a, 0x0d: stop("the string does not end on its line", expected: "\", or \\n for a new line")
    case 0x09: stop("a tab stands in a string", expected: "\\t")
    default: stop("a control character stands in a string", expected: "an escape such as \\u001b")
    }
  }

  private mutating func escape() throws -> Unicode.Scalar {
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
      throw stop("there is no such escape", (index - 1)..<(index + 1), expected: "\\n, \\t, \\\\, \\u00e9 …")
    }
  }

  /// Reads from the `u` to the last digit, at which it leaves the index.
  private mutating func unicodeEscape() throws -> Unicode.Scalar {
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
  private mutating func codeUnit() throws -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      index += 1
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw stop("an escape has no four hexadecimal digits", expected: "\\u and four digits")
      }
      unit = unit << 4 + UInt32(digit)
    }
    return unit
  }

  private mutating func loneSurrogate(_ start: Int) -> Stop {
    stop(
      "half of a surrogate pair stands alone", start..<(index + 1),
      expected: "both halves, or the character itself")
  }
}
