public import Foundation

/// A strict reader of RFC 8259 JSON that refuses whatever it could only take by guessing: duplicate names, numbers a
/// double would round or overflow, nesting deeper than 128, texts over 16 MiB.
public struct JSONParser {
  /// The deepest nesting allowed.
  public static let maximumDepth = 128
  /// The longest text allowed, in bytes.
  public static let maximumBytes = 16 << 20

  /// Reads a whole text.
  ///
  /// Throws ``InvalidDocument`` with every duplicate name and bad number, and the first fault of syntax.
  public static func parse(_ data: Data, file: String) throws(InvalidDocument) -> JSONDocument {
    guard data.count <= maximumBytes else {
      throw InvalidDocument([
        Diagnostic(
          "'\(file)' has \(data.count) bytes", at: .root, expected: "at most \(maximumBytes) bytes of JSON")
      ])
    }
    let bytes = [UInt8](data)
    var parser = JSONParser(bytes: bytes, recordsPlaces: false)
    let root = parser.document()
    guard let root, parser.faults.isEmpty else {
      let text = SourceText(bytes: bytes, file: file)
      throw InvalidDocument(
        parser.faults.sorted { $0.offset < $1.offset }.map { fault in
          let location = text.location(of: fault.offset..<max(fault.end, fault.offset + 1))
          return Diagnostic(
            fault.message, at: JSONPointer(fault.path), location: location, expected: fault.expected,
            sourceLine: text.line(location.line))
        })
    }
    return JSONDocument(file: file, root: root, bytes: bytes)
  }

  /// Where each value and member name of a text that parses stands, as byte ranges.
  static func places(in bytes: [UInt8]) -> Places {
    var parser = JSONParser(bytes: bytes, recordsPlaces: true)
    _ = parser.document()
    return parser.places
  }

  /// Byte ranges of values and of member names, by pointer.
  struct Places {
    var values: [JSONPointer: Range<Int>] = [:]
    var names: [JSONPointer: Range<Int>] = [:]
  }

  private struct Fault {
    var message: String
    var expected: String?
    var path: [String]
    var offset: Int
    var end: Int
  }

  /// Stops the reading at a fault of syntax, which has been noted.
  private struct Stop: Error {}

  private let bytes: [UInt8]
  private let recordsPlaces: Bool
  private var index = 0
  private var path: [String] = []
  private var faults: [Fault] = []
  private var places = Places()

  private init(bytes: [UInt8], recordsPlaces: Bool) {
    self.bytes = bytes
    self.recordsPlaces = recordsPlaces
  }

  // MARK: Values

  private mutating func document() -> JSONValue? {
    do {
      if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
        throw stop("the text starts with a byte order mark", expected: "UTF-8 without one")
      }
      try skipSpace()
      let value = try value()
      try skipSpace()
      if index < bytes.count {
        throw stop("something follows after the value", expected: "the end of the text")
      }
      return value
    } catch {
      return nil
    }
  }

  private mutating func value() throws -> JSONValue {
    let start = index
    let value: JSONValue
    switch peek {
    case UInt8(ascii: "{"): value = try nested { try $0.object() }
    case UInt8(ascii: "["): value = try nested { try $0.array() }
    case UInt8(ascii: "\""): value = .string(try string())
    case UInt8(ascii: "t"): value = try word("true", .bool(true))
    case UInt8(ascii: "f"): value = try word("false", .bool(false))
    case UInt8(ascii: "n"): value = try word("null", .null)
    case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): value = try number()
    case nil: throw stop("the text ends where a value should stand", expected: "a value")
    case UInt8(ascii: "'"): throw stop("strings stand in double quotes", expected: "\"")
    default: throw stop("no value starts like this", expected: "a value")
    }
    if recordsPlaces {
      let isOpen = value.object != nil || value.array != nil
      places.values[JSONPointer(path)] = start..<(isOpen ? start + 1 : index)
    }
    return value
  }

  private mutating func nested(_ body: (inout JSONParser) throws -> JSONValue) throws -> JSONValue {
    guard path.count < Self.maximumDepth else {
      throw stop("the nesting is deeper than \(Self.maximumDepth)", expected: "a flatter document")
    }
    return try body(&self)
  }

  private mutating func object() throws -> JSONValue {
    index += 1
    var members: [String: JSONValue] = [:]
    try skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      let start = index
      guard peek == UInt8(ascii: "\"") else {
        let comma = peek == UInt8(ascii: "}") ? "a comma stands before the closing brace" : nil
        throw stop(comma ?? "a member's name should stand here", expected: "a string")
      }
      let name = try string()
      path.append(name)
      let range = start..<index
      if recordsPlaces { places.names[JSONPointer(path)] = range }
      try skipSpace()
      guard take(UInt8(ascii: ":")) else { throw stop("a colon is missing after \"\(name)\"", expected: ":") }
      try skipSpace()
      let value = try value()
      if members.updateValue(value, forKey: name) != nil {
        note("\"\(name)\" stands here a second time", range, expected: "each name once")
      }
      path.removeLast()
      try skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else {
        throw stop("the object goes on without a comma", expected: ", or }")
      }
      try skipSpace()
    }
  }

  private mutating func array() throws -> JSONValue {
    index += 1
    var values: [JSONValue] = []
    try skipSpace()
    if take(UInt8(ascii: "]")) { return .array(values) }
    while true {
      if peek == UInt8(ascii: "]") {
        throw stop("a comma stands before the closing bracket", expected: "a value")
      }
      path.append("\(values.count)")
      values.append(try value())
      path.removeLast()
      try skipSpace()
      if take(UInt8(ascii: "]")) { return .array(values) }
      guard take(UInt8(ascii: ",")) else {
        throw stop("the list goes on without a comma", expected: ", or ]")
      }
      try skipSpace()
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
    let start = index
    for offset in 0..<text.utf8CodeUnitCount {
      guard peek == text.utf8Start[offset] else {
        index = start
        throw stop("no value starts like this", expected: "\(text)")
      }
      index += 1
    }
    return value
  }

  // MARK: Numbers

  private mutating func number() throws -> JSONValue {
    let start = index
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if isDigit(peek) { throw stop("a number starts with 0", expected: "no leading zeros") }
    } else {
      try digits()
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      index += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let number = Double(text), number.isFinite else {
      note("\(text) is too large a number", start..<index, expected: "a number of at most 1.8e308")
      return .number(0)
    }
    if isInteger,
      abs(number) > 0x1p53 || Int(text).map({ Double($0) != number || $0.magnitude > 1 << 53 }) ?? true
    {
      note("\(text) cannot be kept exactly", start..<index, expected: "an integer between -2^53 and 2^53")
    }
    return .number(number)
  }

  private mutating func digits() throws {
    guard isDigit(peek) else { throw stop("a digit is missing in a number", expected: "0 to 9") }
    while isDigit(peek) { index += 1 }
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  // MARK: Strings

  private mutating func string() throws -> String {
    index += 1
    let start = index
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
    if take(UInt8(ascii: "\"")) { return try text(Array(bytes[start..<(index - 1)]), from: start) }
    var buffer = Array(bytes[start..<index])
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return try text(buffer, from: start)
      case UInt8(ascii: "\\"): try escape(into: &buffer)
      case 0..<0x20: throw stop("a control character stands in a string", expected: "an escape such as \\n")
      default:
        buffer.append(byte)
        index += 1
      }
    }
    index = start - 1
    throw stop("the string has no end", expected: "\"")
  }

  private mutating func text(_ buffer: [UInt8], from start: Int) throws -> String {
    guard let text = String(validating: buffer, as: UTF8.self) else {
      index = start
      throw stop("the string is not UTF-8", expected: "text in UTF-8")
    }
    return text
  }

  private mutating func escape(into buffer: inout [UInt8]) throws {
    index += 1
    let escapes: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "/"): 0x2f, UInt8(ascii: "b"): 0x08,
      UInt8(ascii: "f"): 0x0c, UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
    ]
    if let byte = peek, let meant = escapes[byte] {
      index += 1
      return buffer.append(meant)
    }
    guard take(UInt8(ascii: "u")) else {
      throw stop("there is no such escape", expected: "\\n, \\t, \\u00e9 …")
    }
    var code = UInt32(try codeUnit())
    if (0xd800..<0xdc00).contains(code) {
      guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw loneSurrogate() }
      let low = UInt32(try codeUnit())
      guard (0xdc00..<0xe000).contains(low) else { throw loneSurrogate() }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw loneSurrogate() }
    buffer += Array(String(Character(scalar)).utf8)
  }

  private mutating func codeUnit() throws -> UInt16 {
    guard index + 4 <= bytes.count,
      bytes[index..<(index + 4)].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
    else { throw stop("an escape has no four hexadecimal digits", expected: "\\u and four digits") }
    index += 4
    return unit
  }

  private mutating func loneSurrogate() -> Stop {
    stop("half of a surrogate pair stands alone", expected: "both halves, or the character itself")
  }

  // MARK: Bytes

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() throws {
    while let byte = peek {
      switch byte {
      case 0x20, 0x09, 0x0a, 0x0d: index += 1
      case UInt8(ascii: "/"), UInt8(ascii: "#"):
        throw stop("JSON has no comments", expected: "remarks under a \"notes\" key")
      default: return
      }
    }
  }

  private mutating func note(_ message: String, _ range: Range<Int>, expected: String) {
    faults.append(
      Fault(message: message, expected: expected, path: path, offset: range.lowerBound, end: range.upperBound)
    )
  }

  private mutating func stop(_ message: String, expected: String) -> Stop {
    note(message, index..<(index + 1), expected: expected)
    return Stop()
  }
}

extension JSONValue {
  /// The value a text stands for, as on a command line.
  ///
  /// Throws ``InvalidDocument``.
  public init(parsing text: String) throws(InvalidDocument) {
    self = try JSONParser.parse(Data(text.utf8), file: "value").root
  }
}
