/// Big-endian numbers of a font file, each read checked against the end of its table.
struct FontReader {
  private let bytes: [UInt8]
  private let range: Range<Int>
  private let name: String

  /// A whole file.
  init(_ bytes: [UInt8]) { (self.bytes, range, name) = (bytes, 0..<bytes.count, "the file") }

  private init(_ bytes: [UInt8], _ range: Range<Int>, _ name: String) {
    (self.bytes, self.range, self.name) = (bytes, range, name)
  }

  /// How many bytes there are.
  var count: Int { range.count }

  /// A part that is a table of its own.
  /// - Throws: `FontFault` when it does not lie inside.
  func part(at offset: Int, count: Int, _ name: String) throws(FontFault) -> FontReader {
    guard offset >= 0, count >= 0, offset <= range.count, count <= range.count - offset else {
      throw FontFault("\(name) (\(count) bytes at \(offset)) reaches out of \(self.name)")
    }
    return FontReader(bytes, range.lowerBound + offset..<range.lowerBound + offset + count, name)
  }

  /// Everything from a place on.
  func rest(from offset: Int, _ name: String) throws(FontFault) -> FontReader {
    try part(at: offset, count: range.count - min(max(offset, 0), range.count), name)
  }

  func byte(_ offset: Int) throws(FontFault) -> Int { try number(offset, 1) }

  func short(_ offset: Int) throws(FontFault) -> Int { try number(offset, 2) }

  func long(_ offset: Int) throws(FontFault) -> Int { try number(offset, 4) }

  func content(_ offset: Int, count: Int) throws(FontFault) -> [UInt8] {
    let part = try part(at: offset, count: count, "data of \(name)")
    return Array(bytes[part.range])
  }

  private func number(_ offset: Int, _ size: Int) throws(FontFault) -> Int {
    guard offset >= 0, offset <= range.count - size else {
      throw FontFault("\(name) ends before byte \(offset + size)")
    }
    return bytes[range.lowerBound + offset..<range.lowerBound + offset + size].reduce(0) { $0 << 8 | Int($1) }
  }
}

/// What is wrong with a font.
struct FontFault: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
