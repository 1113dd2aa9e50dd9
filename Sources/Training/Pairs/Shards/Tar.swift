/// The tar format as every reader knows it: POSIX.1-1988 "ustar". Entries are regular files without owner or time, so
/// that the same contents give the same bytes.
package enum Tar {
  /// A name or size that the format cannot hold.
  package struct Unfit: Error, Sendable, Hashable, CustomStringConvertible {
    /// What does not fit.
    package let description: String
  }

  private static let block = 512

  /// A file: header, contents, and zeros up to a whole block.
  /// - Parameter name: at most 100 bytes of UTF-8, relative.
  /// - Throws: ``Unfit`` for a name that is empty, too long or absolute, and contents of 8 GiB or more.
  package static func entry(_ name: String, _ contents: [UInt8]) throws(Unfit) -> [UInt8] {
    var bytes = try header(name, size: contents.count)
    bytes += contents
    bytes += [UInt8](repeating: 0, count: (block - contents.count % block) % block)
    return bytes
  }

  /// What ends an archive: two blocks of zeros.
  package static let end = [UInt8](repeating: 0, count: 2 * block)

  private static func header(_ name: String, size: Int) throws(Unfit) -> [UInt8] {
    guard (1...100).contains(name.utf8.count), !name.hasPrefix("/"), !name.utf8.contains(0) else {
      throw Unfit(description: "'\(name)' is no name for a tar entry: 1 to 100 bytes, relative")
    }
    guard size < 1 << 33 else {
      throw Unfit(description: "'\(name)' has \(size) bytes; a tar entry has less than 8 GiB")
    }
    var header = [UInt8](repeating: 0, count: block)
    let put = { (offset: Int, text: String) in
      header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
    }
    put(0, name)
    put(100, octal(0o644, digits: 7))
    for (offset, digits) in [(108, 7), (116, 7), (136, 11)] { put(offset, octal(0, digits: digits)) }
    put(124, octal(size, digits: 11))
    put(156, "0")
    put(257, "ustar\u{0}00")
    // The sum of all bytes with blanks in the place of the sum.
    put(148, "        ")
    put(148, octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ")
    return header
  }

  private static func octal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
