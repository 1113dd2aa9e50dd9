public import Foundation

/// A strict reader of RFC 8259 JSON that refuses whatever it could only take by guessing: duplicate names, numbers a
/// double would round or overflow, nesting deeper than 128, texts over 16 MiB.
public struct JSONParser {
  /// The deepest nesting allowed.
  public static let maximumDepth = 128
  /// The longest text allowed, in bytes.
  public static let maximumBytes = 16 << 20
  /// How many faults are said; reading stops there.
  public static let maximumFaults = 100

  /// Reads a whole text.
  ///
  /// Throws ``InvalidDocument`` with every duplicate name and bad number (at most ``maximumFaults``), and the first
  /// fault of syntax.
  public static func parse(_ data: Data, file: String) throws(InvalidDocument) -> JSONDocument {
    guard data.count <= maximumBytes else {
      throw InvalidDocument([
        Diagnostic(
          "'\(file)' has \(data.count) bytes", at: .root, expected: "at most \(maximumBytes) bytes of JSON")
      ])
    }
    let bytes = [UInt8](data)
    let (root, faults) = bytes.withUnsafeBytes { bytes in
      var parser = JSONParser(tokens: JSONTokens(bytes))
      return (parser.document(), parser.faults)
    }
    guard let root, faults.isEmpty else {
      let text = SourceText(bytes: bytes, file: file)
      throw InvalidDocument(faults.map { $0.diagnostic(in: text) })
    }
    return JSONDocument(file: file, root: root, bytes: bytes)
  }

  private typealias Fault = JSONTokens.Fault

  /// A fault, and the value in which it was found.
  private struct PlacedFault {
    var fault: Fault
    var pointer: JSONPointer

    func diagnostic(in text: SourceText) -> Diagnostic {
      let excerpt = text.excerpt(around: fault.range.lowerBound)
      return Diagnostic(
        fault.message, at: pointer, location: text.location(of: fault.range), expected: fault.expected,
        suggestion: fault.suggestion, sourceLine: excerpt.text, sourceColumn: excerpt.column)
    }
  }

  /// A member's name and where it stands.
  private struct Name {
    var text: String
    var range: Range<Int>
  }

  /// A step from a value to one it holds.
  private enum Step {
    case member(String)
    case element(Int)
  }

  private var tokens: JSONTokens
  private var path: [Step] = []
  private var faults: [PlacedFault] = []

  private init(tokens: JSONTokens) { self.tokens = tokens }

  // MARK: Values

  /// The value that the text is; nil after the first fault of syntax, which has been noted as the others were.
  private mutating func document() -> JSONValue? {
    do throws(Fault) {
      try tokens.checkEncoding()
      try tokens.skipSpace()
      let value = try value()
      try tokens.skipSpace()
      if tokens.index < tokens.bytes.count {
        throw tokens.fault("something follows after the value", expected: "the end of the text")
      }
      return value
    } catch {
      add(error)
      return nil
    }
  }

  private mutating func value() throws(Fault) -> JSONValue {
    switch tokens.byte {
    case UInt8(ascii: "{"): try object()
    case UInt8(ascii: "["): try array()
    case UInt8(ascii: "\""): .string(try tokens.string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number(try number())
    default: try tokens.word()
    }
  }

  private mutating func number() throws(Fault) -> Double {
    let (literal, isInteger) = try tokens.number()
    guard isInteger, literal.count <= 15 else { return try number(literal, isInteger: isInteger) }
    let digits = tokens.bytes[literal].drop { $0 == UInt8(ascii: "-") }
    let magnitude = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return Double(digits.count < literal.count ? -magnitude : magnitude)
  }

  /// The number of a literal that may be too large or too exact for a double.
  private mutating func number(_ range: Range<Int>, isInteger: Bool) throws(Fault) -> Double {
    let literal = tokens.text(range)
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

  private mutating func object() throws(Fault) -> JSONValue {
    let start = try open()
    if tokens.take(UInt8(ascii: "}")) { return .object([:]) }
    var members: [String: JSONValue] = Dictionary(minimumCapacity: 6)
    var names: [Name] = []
    repeat {
      try tokens.skipSpace()
      let name = try memberName(in: start)
      path.append(.member(name.text))
      try tokens.skipSpace()
      guard tokens.take(UInt8(ascii: ":")) else {
        throw tokens.fault("a colon is missing after \(shortened("\"\(name.text)\""))", expected: ":")
      }
      try tokens.skipSpace()
      let value = try value()
      if members.updateValue(value, forKey: name.text) != nil { try noteDuplicate(name, of: names) }
      names.append(name)
      path.removeLast()
      try tokens.skipSpace()
    } while tokens.take(UInt8(ascii: ","))
    try close(UInt8(ascii: "}"), "object", from: start)
    return .object(members)
  }

  private mutating func memberName(in object: Int) throws(Fault) -> Name {
    let start = tokens.index
    switch tokens.byte {
    case UInt8(ascii: "\""): return Name(text: try tokens.string(), range: start..<tokens.index)
    case UInt8(ascii: "}"):
      throw tokens.fault("a comma stands before the closing brace", expected: "a member or no comma")
    case UInt8(ascii: "'"): throw tokens.fault("strings stand in double quotes", expected: "\"")
    case 0 where tokens.index == tokens.bytes.count: throw endOfText(in: "object", from: object)
    default:
      let letters = tokens.letters()
      guard !letters.isEmpty else {
        throw tokens.fault("a member's name should stand here", expected: "a string")
      }
      throw tokens.fault(
        "the name \(letters) stands without quotes", start..<tokens.index, expected: "\"\(letters)\"")
    }
  }

  private mutating func array() throws(Fault) -> JSONValue {
    let start = try open()
    if tokens.take(UInt8(ascii: "]")) { return .array([]) }
    var values: [JSONValue] = []
    repeat {
      try tokens.skipSpace()
      if tokens.byte == UInt8(ascii: "]") {
        throw tokens.fault("a comma stands before the closing bracket", expected: "a value or no comma")
      }
      path.append(.element(values.count))
      values.append(try value())
      path.removeLast()
      try tokens.skipSpace()
    } while tokens.take(UInt8(ascii: ","))
    try close(UInt8(ascii: "]"), "list", from: start)
    return .array(values)
  }

  /// Steps into an object or a list; gives where it starts.
  private mutating func open() throws(Fault) -> Int {
    guard path.count < Self.maximumDepth else {
      throw tokens.fault("the nesting is deeper than \(Self.maximumDepth)", expected: "a flatter document")
    }
    let start = tokens.index
    tokens.index += 1
    try tokens.skipSpace()
    return start
  }

  private mutating func close(_ bracket: UInt8, _ kind: String, from start: Int) throws(Fault) {
    if tokens.take(bracket) { return }
    let expected = ", or \(Character(Unicode.Scalar(bracket)))"
    switch tokens.byte {
    case 0 where tokens.index == tokens.bytes.count: throw endOfText(in: kind, from: start)
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      throw tokens.fault(
        "the \(kind) that starts on line \(line(of: start)) is closed by the wrong bracket",
        expected: expected)
    default: throw tokens.fault("the \(kind) goes on without a comma", expected: expected)
    }
  }

  private func endOfText(in kind: String, from start: Int) -> Fault {
    tokens.fault(
      "the text ends inside the \(kind) that starts on line \(line(of: start))",
      expected: kind == "object" ? "}" : "]")
  }

  // MARK: Faults

  private mutating func noteDuplicate(_ name: Name, of names: [Name]) throws(Fault) {
    guard let first = names.first(where: { $0.text == name.text }) else { return }
    let quoted = shortened("\"\(name.text)\"")
    try note(
      "\(quoted) stands here again; it was given on line \(line(of: first.range.lowerBound))", name.range,
      expected: "each name once")
  }

  /// Remembers a fault after which reading goes on, unless there are too many.
  private mutating func note(_ message: String, _ range: Range<Int>, expected: String) throws(Fault) {
    add(tokens.fault(message, range, expected: expected))
    if faults.count == Self.maximumFaults {
      throw tokens.fault(
        "reading stops after \(Self.maximumFaults) faults", range, expected: "fewer faults")
    }
  }

  private mutating func add(_ fault: Fault) {
    let tokens = path.map { step in
      switch step {
      case .member(let name): name
      case .element(let number): "\(number)"
      }
    }
    faults.append(PlacedFault(fault: fault, pointer: JSONPointer(tokens)))
  }

  /// The line of a byte, from 1.
  private func line(of offset: Int) -> Int { tokens.bytes[..<offset].count { $0 == 0x0a } + 1 }

  /// A literal, cut when it is too long to be quoted whole.
  private func shortened(_ literal: String) -> String {
    literal.count <= 60 ? literal : literal.prefix(59) + "…"
  }
}

extension JSONValue {
  /// The value a text stands for, as on a command line.
  ///
  /// Throws ``InvalidDocument``.
  public init(parsing text: String) throws(InvalidDocument) {
    self = try JSONValue(parsing: Data(text.utf8))
  }

  /// The value that a file's bytes stand for.
  ///
  /// Throws ``InvalidDocument``.
  public init(parsing data: Data) throws(InvalidDocument) {
    self = try JSONParser.parse(data, file: "value").root
  }
}
