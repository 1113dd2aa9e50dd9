/// The rows of a table in memory, as RFC 4180 cuts them: at commas and at line ends that are not in quotation marks. Empty
/// lines are passed over.
struct CommaSeparatedRows {
  /// A field, without the quotation marks around it.
  struct Field {
    let bytes: Slice<UnsafeRawBufferPointer>
    /// Whether it holds doubled quotation marks, which stand for one.
    fileprivate var hasDoubledMarks = false

    var text: String {
      let text = String(decoding: bytes, as: UTF8.self)
      return hasDoubledMarks ? text.replacing("\"\"", with: "\"") : text
    }
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var lines = 0
  /// The number of the line that the row `next` gave last begins in, from 1.
  private(set) var number = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func next() -> [Field]? {
    while position < bytes.count {
      number = lines + 1
      var fields = [field()]
      while position < bytes.count, bytes[position] == UInt8(ascii: ",") {
        position += 1
        fields.append(field())
      }
      // Of the line's end, `field` has left the line feed.
      position += 1
      lines += 1
      if fields.count > 1 || !fields[0].bytes.isEmpty { return fields }
    }
    return nil
  }

  /// Reads up to a comma or a line feed.
  private mutating func field() -> Field {
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return quoted() }
    let start = position
    skipToEnd()
    let isCarriageReturn = position > start && bytes[position - 1] == 0x0D
    return Field(bytes: bytes[start..<(isCarriageReturn ? position - 1 : position)])
  }

  private mutating func quoted() -> Field {
    let start = position + 1
    position = start
    var hasDoubledMarks = false
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\"") {
        guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\"") else { break }
        hasDoubledMarks = true
        position += 1
      }
      if bytes[position] == 0x0A { lines += 1 }
      position += 1
    }
    let field = Field(bytes: bytes[start..<min(position, bytes.count)], hasDoubledMarks: hasDoubledMarks)
    skipToEnd()
    return field
  }

  private mutating func skipToEnd() {
    while position < bytes.count, bytes[position] != UInt8(ascii: ","), bytes[position] != 0x0A {
      position += 1
    }
  }
}
