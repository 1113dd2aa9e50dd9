/// A text's lines, for saying where something stands.
struct SourceText {
  let bytes: [UInt8]
  let file: String
  /// The offset of each line's first byte.
  private let lineStarts: [Int]

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == 0x0a { starts.append(index + 1) }
    lineStarts = starts
  }

  /// The place of a byte range: line from 1, column and length in characters.
  func location(of range: Range<Int>) -> SourceLocation {
    let start = min(range.lowerBound, bytes.count)
    let line = lineNumber(of: start)
    let end = min(range.upperBound, bytes.count)
    let meant = bytes[start..<max(start, end)].prefix { $0 != 0x0a }
    let before = bytes[lineStarts[line - 1]..<start]
    return SourceLocation(
      file: file, line: line, column: String(decoding: before, as: UTF8.self).count + 1,
      length: max(1, String(decoding: meant, as: UTF8.self).count))
  }

  /// The text of a line, from 1, without its end.
  func line(_ number: Int) -> String {
    guard lineStarts.indices.contains(number - 1) else { return "" }
    let end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    let line = bytes[lineStarts[number - 1]..<end]
    return String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
  }

  /// The line that holds the byte, from 1.
  private func lineNumber(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }
}
