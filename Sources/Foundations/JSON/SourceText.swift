/// A text's lines, for saying where something stands.
struct SourceText {
  let bytes: [UInt8]
  let file: String
  private let marks: [Mark]

  /// A place whose line and column are known: the start of each line, and one place in each KiB or so of a long line,
  /// so that no line is long to count in.
  private struct Mark {
    var offset: Int
    var line: Int
    /// From 1.
    var column: Int
  }

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    var marks = [Mark(offset: 0, line: 1, column: 1)]
    var last = marks[0]
    for (offset, byte) in bytes.enumerated() {
      if byte == 0x0a {
        last = Mark(offset: offset + 1, line: last.line + 1, column: 1)
      } else if offset - last.offset >= 1024, Self.startsCharacter(byte, after: offset - last.offset) {
        last.column += Self.text(bytes[last.offset..<offset]).count
        last.offset = offset
      } else {
        continue
      }
      marks.append(last)
    }
    self.marks = marks
  }

  /// Characters rarely reach across the start of a plain letter; in a KiB without any, each code point will do.
  private static func startsCharacter(_ byte: UInt8, after distance: Int) -> Bool {
    byte < 0x80 || distance >= 2048 && byte & 0xc0 != 0x80
  }

  /// The place of a byte range: line from 1, column and length in characters.
  func location(of range: Range<Int>) -> SourceLocation {
    let start = min(range.lowerBound, bytes.count)
    let mark = marks[markIndex(before: start)]
    let meant = bytes[start..<max(start, min(range.upperBound, bytes.count))].prefix { $0 != 0x0a }
    return SourceLocation(
      file: file, line: mark.line, column: mark.column + Self.text(bytes[mark.offset..<start]).count,
      length: max(1, Self.text(meant).count))
  }

  /// The line that holds the byte, without its end, and 1; of a long line, the part around the byte, and the column it
  /// starts at.
  func excerpt(around offset: Int) -> (text: String, column: Int) {
    let index = markIndex(before: min(offset, bytes.count))
    let first = index > 0 && marks[index - 1].line == marks[index].line ? marks[index - 1] : marks[index]
    let end = index + 2 < marks.count ? marks[index + 2].offset : bytes.count
    let line = bytes[first.offset..<end].prefix { $0 != 0x0a }
    return (Self.text(line.last == 0x0d ? line.dropLast() : line), first.column)
  }

  /// The last mark that is not after the byte.
  private func markIndex(before offset: Int) -> Int {
    var low = 0
    var high = marks.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if marks[middle].offset <= offset { low = middle } else { high = middle }
    }
    return low
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
