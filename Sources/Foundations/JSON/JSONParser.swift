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
    var parser = JSONParser(bytes: bytes)
    let root = parser.document()
    guard let root, parser.faults.isEmpty else {
      let text = SourceText(bytes: bytes, file: file)
      throw InvalidDocument(parser.faults.map { $0.diagnostic(in: text) })
    }
    return JSONDocument(file: file, root: root, bytes: bytes)
  }

  /// A fault found while reading.
  struct Fault {
    var message: String
    var expected: String
    var suggestion: String?
    var pointer: JSONPointer
    var range: Range<Int>

    func diagnostic(in text: SourceText) -> Diagnostic {
      let excerpt = text.excerpt(around: range.lowerBound)
      return Diagnostic(
        message, at: pointer, location: text.location(of: range), expected: expected, suggestion: suggestion,
        sourceLine: excerpt.text, sourceColumn: excerpt.column)
    }
  }

  /// Ends the reading after a fault, which has been noted.
  struct Stop: Error {}

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

  let bytes: [UInt8]
  var index = 0
  private var path: [Step] = []
  private var faults: [Fault] = []

  private init(bytes: [UInt8]) { self.bytes = bytes }

  // MARK: Values

  private mutating func document() -> JSONValue? {
    do {
      try checkEncoding()
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
    switch byte {
    case UInt8(ascii: "{"): try object()
    case UInt8(ascii: "["): try array()
    case UInt8(ascii: "\""): .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number(try number())
    default: try word()
    }
  }

  private mutating func object() throws -> JSONValue {
    let start = try open()
    if take(UInt8(ascii: "}")) { return .object([:]) }
    var members: [String: JSONValue] = Dictionary(minimumCapacity: 6)
    var names: [Name] = []
    repeat {
      try skipSpace()
      let name = try memberName(in: start)
      path.append(.member(name.text))
      try skipSpace()
      guard take(UInt8(ascii: ":")) else {
        throw stop("a colon is missing after \(shortened("\"\(name.text)\""))", expected: ":")
      }
      try skipSpace()
      let value = try value()
      if members.updateValue(value, forKey: name.text) != nil { try noteDuplicate(name, of: names) }
      names.append(name)
      path.removeLast()
      try skipSpace()
    } while take(UInt8(ascii: ","))
    try close(UInt8(ascii: "}"), "object", from: start)
    return .object(members)
  }

  private mutating func memberName(in object: Int) throws -> Name {
    let start = index
    switch byte {
    case UInt8(ascii: "\""): return Name(text: try string(), range: start..<index)
    case UInt8(ascii: "}"):
      throw stop("a comma stands before the closing brace", expected: "a member or no comma")
    case UInt8(ascii: "'"): throw stop("strings stand in double quotes", expected: "\"")
    case 0 where index == bytes.count: throw endOfText(in: "object", from: object)
    default:
      let letters = letters()
      guard !letters.isEmpty else { throw stop("a member's name should stand here", expected: "a string") }
      throw stop("the name \(letters) stands without quotes", start..<index, expected: "\"\(letters)\"")
    }
  }

  private mutating func array() throws -> JSONValue {
    let start = try open()
    if take(UInt8(ascii: "]")) { return .array([]) }
    var values: [JSONValue] = []
    repeat {
      try skipSpace()
      if byte == UInt8(ascii: "]") {
        throw stop("a comma stands before the closing bracket", expected: "a value or no comma")
      }
      path.append(.element(values.count))
      values.append(try value())
      path.removeLast()
      try skipSpace()
    } while take(UInt8(ascii: ","))
    try close(UInt8(ascii: "]"), "list", from: start)
    return .array(values)
  }

  /// Steps into an object or a list; gives where it starts.
  private mutating func open() throws -> Int {
    guard path.count < Self.maximumDepth else {
      throw stop("the nesting is deeper than \(Self.maximumDepth)", expected: "a flatter document")
    }
    let start = index
    index += 1
    try skipSpace()
    return start
  }

  private mutating func close(_ bracket: UInt8, _ kind: String, from start: Int) throws {
    if take(bracket) { return }
    let expected = ", or \(Character(Unicode.Scalar(bracket)))"
    switch byte {
    case 0 where index == bytes.count: throw endOfText(in: kind, from: start)
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      throw stop(
        "the \(kind) that starts on line \(line(of: start)) is closed by the wrong bracket",
        expected: expected)
    default: throw stop("the \(kind) goes on without a comma", expected: expected)
    }
  }

  private mutating func endOfText(in kind: String, from start: Int) -> Stop {
    stop(
      "the text ends inside the \(kind) that starts on line \(line(of: start))",
      expected: kind == "object" ? "}" : "]")
  }

  // MARK: Faults

  private mutating func noteDuplicate(_ name: Name, of names: [Name]) throws {
    guard let first = names.first(where: { $0.text == name.text }) else { return }
    let quoted = shortened("\"\(name.text)\"")
    try note(
      "\(quoted) stands here again; it was given on line \(line(of: first.range.lowerBound))", name.range,
      expected: "each name once")
  }

  /// Remembers a fault after which reading goes on, unless there are too many.
  mutating func note(_ message: String, _ range: Range<Int>, expected: String) throws {
    _ = stop(message, range, expected: expected)
    if faults.count == Self.maximumFaults {
      throw stop("reading stops after \(Self.maximumFaults) faults", range, expected: "fewer faults")
    }
  }

  /// Remembers a fault at which reading ends.
  mutating func stop(
    _ message: String, _ range: Range<Int>? = nil, expected: String, suggestion: String? = nil
  ) -> Stop {
    let tokens = path.map { step in
      switch step {
      case .member(let name): name
      case .element(let number): "\(number)"
      }
    }
    faults.append(
      Fault(
        message: message, expected: expected, suggestion: suggestion, pointer: JSONPointer(tokens),
        range: range ?? index..<(index + 1)))
    return Stop()
  }

  /// The line of a byte, from 1.
  private func line(of offset: Int) -> Int { bytes[..<offset].count { $0 == 0x0a } + 1 }

  /// A literal, cut when it is too long to be quoted whole.
  func shortened(_ literal: String) -> String { literal.count <= 60 ? literal : literal.prefix(59) + "…" }
}

extension JSONValue {
  /// The value a text stands for, as on a command line.
  ///
  /// Throws ``InvalidDocument``.
  public init(parsing text: String) throws(InvalidDocument) {
    self = try JSONParser.parse(Data(text.utf8), file: "value").root
  }
}
