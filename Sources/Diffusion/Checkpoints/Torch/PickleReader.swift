/// Reads a pickle's bytes, never beyond their end.
struct PickleReader {
  let path: String
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
  }

  func malformed(_ detail: String) -> CheckpointError {
    CheckpointError(.malformedPickle, in: path, "\(detail), at byte \(position)")
  }

  mutating func byte() throws(CheckpointError) -> UInt8 {
    guard position < bytes.count else { throw malformed("the pickle ends") }
    position += 1
    return bytes[position - 1]
  }

  /// The next bytes as a signed number of 64 bits.
  mutating func int64() throws(CheckpointError) -> Int { Int(try take(8).littleEndian(Int64.self, at: 0)) }

  mutating func skip(_ count: Int) throws(CheckpointError) { _ = try take(count) }

  /// A length or index of fixed width.
  mutating func length<I: FixedWidthInteger & UnsignedInteger>(_: I.Type) throws(CheckpointError) -> Int {
    let taken = try take(MemoryLayout<I>.size)
    guard let value = Int(exactly: taken.littleEndian(I.self, at: 0)) else {
      throw malformed("a length beyond 63 bits")
    }
    return value
  }

  /// An integer's value; one of more than 64 bits is inert.
  mutating func integer(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue {
    switch opcode {
    case .binaryInt1: return .integer(try length(UInt8.self))
    case .binaryInt2: return .integer(try length(UInt16.self))
    case .binaryInt: return .integer(Int(try take(4).littleEndian(Int32.self, at: 0)))
    default:
      let digits = try take(try length(UInt8.self))
      guard digits.count <= 8 else { return .inert }
      let negative = digits.last.map { $0 >= 0x80 } ?? false
      var value: UInt64 = negative ? .max : 0
      for digit in digits.reversed() { value = value << 8 | UInt64(digit) }
      return .integer(Int(truncatingIfNeeded: value))
    }
  }

  /// A string; Python 2's byte strings are taken when they are UTF-8.
  mutating func string(_ opcode: PickleOpcode) throws(CheckpointError) -> String {
    let count =
      switch opcode {
      case .shortBinaryString, .shortBinaryUnicode: try length(UInt8.self)
      case .binaryUnicode8: try length(UInt64.self)
      default: try length(UInt32.self)
      }
    return try utf8(try take(count))
  }

  /// Where the bytes of a byte string lie.
  mutating func bytes(_ opcode: PickleOpcode) throws(CheckpointError) -> Range<Int> {
    let count =
      switch opcode {
      case .shortBinaryBytes: try length(UInt8.self)
      case .binaryBytes8: try length(UInt64.self)
      default: try length(UInt32.self)
      }
    try skip(count)
    return position - count..<position
  }

  /// The text up to a line feed.
  mutating func line() throws(CheckpointError) -> String {
    guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw malformed("a line without an end") }
    let text = try utf8(try take(end - position))
    position += 1
    return text
  }

  private mutating func take(_ count: Int) throws(CheckpointError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= bytes.count - position else { throw malformed("the pickle ends") }
    position += count
    return UnsafeRawBufferPointer(rebasing: bytes[position - count..<position])
  }

  private func utf8(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw malformed("a string that is not UTF-8")
    }
    return text
  }
}
