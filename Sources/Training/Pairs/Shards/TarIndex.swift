import Foundation

/// Where the files in a tar archive lie: what `Tar` writes, and other archives of regular files with names of up to 255
/// bytes (POSIX.1-1988 "ustar").
struct TarIndex {
  /// A file in the archive.
  struct Entry: Sendable, Hashable {
    var name: String
    /// Its bytes in the archive.
    var range: Range<Int>
  }

  /// In their order.
  let entries: [Entry]

  private static let block = 512

  /// Reads the headers.
  ///
  /// - Throws: `ShardError` naming the file and the byte of a header that is damaged, of a file that is cut short, and of
  ///   kinds of entry other than regular files and folders.
  init(_ archive: Data, file: String) throws(ShardError) {
    var entries: [Entry] = []
    var offset = 0
    while true {
      guard offset + Self.block <= archive.count else {
        throw ShardError("\(file): it ends at byte \(archive.count), without the end of a tar archive")
      }
      let header = [UInt8](archive[archive.startIndex + offset..<archive.startIndex + offset + Self.block])
      if header.allSatisfy({ $0 == 0 }) { break }
      let fault = { (what: String) in ShardError("\(file): byte \(offset): \(what)") }
      guard let sum = Self.octal(header[148..<156]), sum == Self.sum(header) else {
        throw fault("this is no header of a tar archive, or a damaged one")
      }
      guard let size = Self.octal(header[124..<136]) else { throw fault("the size of an entry is damaged") }
      let start = offset + Self.block
      guard start + size <= archive.count else { throw fault("the entry is cut short") }
      switch header[156] {
      case UInt8(ascii: "0"), 0:
        entries.append(Entry(name: Self.name(header), range: start..<start + size))
      case UInt8(ascii: "5"): break
      default: throw fault("an entry of a kind that training pairs have not (\(header[156]))")
      }
      offset = start + (size + Self.block - 1) / Self.block * Self.block
    }
    self.entries = entries
  }

  private static func name(_ header: [UInt8]) -> String {
    let name = text(header[0..<100])
    let prefix = header[257..<262].elementsEqual("ustar".utf8) ? text(header[345..<500]) : ""
    return prefix.isEmpty ? name : "\(prefix)/\(name)"
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A number of octal digits between blanks and zeros; nil for anything else.
  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = text(field).trimmingCharacters(in: .whitespaces)
    return digits.isEmpty ? nil : Int(digits, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
  }

  /// The sum of all bytes with blanks in the place of the sum.
  private static func sum(_ header: [UInt8]) -> Int {
    header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
  }
}
