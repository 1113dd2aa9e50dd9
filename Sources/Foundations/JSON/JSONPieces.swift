/// Takes a large JSON text apart without building it: a value is the range of its bytes, and only those that are asked
/// for are looked into. What is passed over is checked no further than its brackets and quotes.
package struct JSONPieces {
  /// What is wrong, and at which byte.
  package struct Fault: Error {
    package var message: String
    package var position: Int

    package init(message: String, position: Int) {
      self.message = message
      self.position = position
    }
  }

  package let bytes: UnsafeRawBufferPointer

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The range of the object that the text is.
  package func root() throws(Fault) -> Range<Int> {
    // Some editors begin a file with UTF-8's byte order mark.
    let start = skippingSpace(from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    guard start < bytes.count, bytes[start] == UInt8(ascii: "{") else {
      throw Fault(message: "a JSON object expected", position: start)
    }
    let end = try endOfValue(from: start)
    guard skippingSpace(from: end) == bytes.count else {
      throw Fault(message: "nothing more expected", position: end)
    }
    return start..<end
  }

  /// Calls `body` with each member's name, still with its escapes, and its value.
  package func members(
    of object: Range<Int>, _ body: (Slice<UnsafeRawBufferPointer>, Range<Int>) throws -> Void
  )
    throws
  {
    try pieces(of: object, from: "{", to: "}") { position in
      let end = try endOfValue(from: position)
      guard bytes[position] == UInt8(ascii: "\"") else {
        throw Fault(message: "a name expected", position: position)
      }
      let colon = skippingSpace(from: end)
      guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else {
        throw Fault(message: "':' expected", position: colon)
      }
      let value = try valueRange(from: colon + 1)
      try body(bytes[(position + 1)..<(end - 1)], value)
      return value.upperBound
    }
  }

  /// Calls `body` with each element.
  package func elements(of array: Range<Int>, _ body: (Range<Int>) throws -> Void) throws {
    try pieces(of: array, from: "[", to: "]") { position in
      let value = try valueRange(from: position)
      try body(value)
      return value.upperBound
    }
  }

  /// The number that a value is.
  package func number(_ value: Range<Int>) throws(Fault) -> Double {
    guard let number = DecimalNumber.parse(bytes[value]) else {
      throw Fault(message: "a number expected", position: value.lowerBound)
    }
    return number
  }

  /// The whole number that a value is.
  package func integer(_ value: Range<Int>) throws(Fault) -> Int {
    guard let integer = Int(exactly: try number(value)) else {
      throw Fault(message: "a whole number expected", position: value.lowerBound)
    }
    return integer
  }

  /// The text that a value is.
  package func string(_ value: Range<Int>) throws(Fault) -> String {
    let text = String(decoding: bytes[value], as: UTF8.self)
    guard let string = try? JSONValue(parsing: text).string else {
      throw Fault(message: "a string expected", position: value.lowerBound)
    }
    return string
  }

  private func valueRange(from position: Int) throws(Fault) -> Range<Int> {
    let start = skippingSpace(from: position)
    return start..<(try endOfValue(from: start))
  }

  /// Walks a list in brackets; `piece` reads one and says where it ends.
  private func pieces(
    of range: Range<Int>, from opening: Unicode.Scalar, to closing: Unicode.Scalar,
    _ piece: (Int) throws -> Int
  ) throws {
    guard bytes[range.lowerBound] == UInt8(ascii: opening) else {
      throw Fault(message: "'\(opening)' expected", position: range.lowerBound)
    }
    var position = skippingSpace(from: range.lowerBound + 1)
    if bytes[position] == UInt8(ascii: closing) { return }
    while true {
      position = skippingSpace(from: try piece(position))
      guard position < range.upperBound else { throw Fault(message: "the text ends", position: position) }
      if bytes[position] == UInt8(ascii: closing) { return }
      guard bytes[position] == UInt8(ascii: ",") else {
        throw Fault(message: "',' expected", position: position)
      }
      position = skippingSpace(from: position + 1)
    }
  }

  private func skippingSpace(from start: Int) -> Int {
    var position = start
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return position
      }
    }
    return position
  }

  private func endOfValue(from start: Int) throws(Fault) -> Int {
    var position = start
    var depth = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""): position = try endOfString(from: position)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        guard depth >= 0 else { throw Fault(message: "a value expected", position: position) }
        position += 1
      default:
        guard depth == 0 else {
          position += 1
          continue
        }
        position = endOfWord(from: position)
        guard position > start else { throw Fault(message: "a value expected", position: position) }
      }
      if depth == 0 { return position }
    }
    throw Fault(message: "the text ends in the middle of a value", position: start)
  }

  private func endOfString(from start: Int) throws(Fault) -> Int {
    var position = start + 1
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""): return position + 1
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    throw Fault(message: "the text ends in the middle of a string", position: start)
  }

  private func endOfWord(from start: Int) -> Int {
    var position = start
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"):
        return position
      default: position += 1
      }
    }
    return position
  }
}
