/// A text's lines, for saying where something stands.
struct SourceText {
  let bytes: [UInt8]
  let file: String

  /// The place of a byte range: line from 1, column and length in characters.
  func location(of range: Range<Int>) -> SourceLocation {
    let start = min(range.lowerBound, bytes.count)
    var line = 1
    var lineStart = 0
    for index in 0..<start where bytes[index] == 0x0a {
      line += 1
      lineStart = index + 1
    }
    let end = min(range.upperBound, bytes.count)
    let meant = bytes[start..<max(start, end)].prefix { $0 != 0x0a }
    return SourceLocation(
      file: file, line: line, column: String(decoding: bytes[lineStart..<start], as: UTF8.self).count + 1,
      length: max(1, String(decoding: meant, as: UTF8.self).count))
  }

  /// The text of a line, from 1.
  func line(_ number: Int) -> String {
    let lines = bytes.split(separator: 0x0a, maxSplits: number, omittingEmptySubsequences: false)
    guard number <= lines.count else { return "" }
    return String(decoding: lines[number - 1].filter { $0 != 0x0d }, as: UTF8.self)
  }
}
