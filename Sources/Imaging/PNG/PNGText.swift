/// A piece of text inside a PNG.
public struct PNGText: Sendable, Hashable {
  /// 1 to 79 characters of Latin-1: `Title`, `Software`, or a name of one's own.
  public var keyword: String
  /// The text.
  public var text: String

  /// A piece of text inside a PNG.
  public init(keyword: String, text: String) {
    self.keyword = keyword
    self.text = text
  }

  static let chunkTypes: Set<String> = ["tEXt", "zTXt", "iTXt"]
  /// The most a compressed text may inflate to, in bytes.
  static let limit = 64 << 20
  /// Texts of this many bytes and more are stored compressed.
  static let compressedFrom = 1024

  /// The keyword that a text chunk's data begin with, whatever follows.
  static func keyword(of data: [UInt8]) -> String { latin1(Array(data.prefix { $0 != 0 })) }

  /// From a text chunk's data.
  init(type: String, data: [UInt8]) throws(PNGFault) {
    var fields = Fields(data)
    keyword = latin1(try fields.untilZero())
    guard !keyword.isEmpty else { throw .damaged("a text without a keyword") }
    switch type {
    case "tEXt":
      text = latin1(fields.rest)
    case "zTXt":
      guard try fields.byte() == 0 else { throw .damaged("text '\(keyword)' has an unknown compression") }
      text = latin1(try inflated(fields.rest, limit: Self.limit))
    default:
      let isCompressed = try fields.byte()
      let method = try fields.byte()
      guard isCompressed <= 1, method == 0 else {
        throw .damaged("text '\(keyword)' has an unknown compression")
      }
      _ = try fields.untilZero()  // language
      _ = try fields.untilZero()  // translated keyword
      let bytes = isCompressed == 1 ? try inflated(fields.rest, limit: Self.limit) : fields.rest
      guard let decoded = String(validating: bytes, as: UTF8.self) else {
        throw .damaged("text '\(keyword)' is not UTF-8")
      }
      text = decoded
    }
  }

  /// The text whose bytes were written as UTF-8 but read as PNG means tEXt and zTXt, which is Latin-1; nil where that
  /// makes no difference.
  var readAsUTF8: PNGText? {
    let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    guard bytes.contains(where: { $0 > 127 }), bytes.count == text.unicodeScalars.count else { return nil }
    return String(validating: bytes, as: UTF8.self).map { PNGText(keyword: keyword, text: $0) }
  }

  /// The data of an iTXt chunk, compressed when long.
  /// - Throws: `ImagingError.invalid` for a keyword that PNG does not allow.
  func chunkData() throws(ImagingError) -> [UInt8] {
    let scalars = keyword.unicodeScalars.map(\.value)
    let isPrintable = scalars.allSatisfy { (32...126).contains($0) || (161...255).contains($0) }
    guard (1...79).contains(scalars.count), isPrintable, keyword.first != " ", keyword.last != " " else {
      throw .invalid("'\(keyword)' cannot be a PNG text's keyword: 1 to 79 printable Latin-1 characters")
    }
    guard !text.utf8.contains(0) else { throw .invalid("text '\(keyword)' holds a zero character") }
    let bytes = Array(text.utf8)
    let isLong = bytes.count >= Self.compressedFrom
    return scalars.map { UInt8($0) } + [0, isLong ? 1 : 0, 0, 0, 0] + (isLong ? deflated(bytes) : bytes)
  }
}

private func latin1(_ bytes: [UInt8]) -> String {
  String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// The zero-terminated parts of a text chunk.
private struct Fields {
  private(set) var rest: [UInt8]

  init(_ data: [UInt8]) { rest = data }

  mutating func untilZero() throws(PNGFault) -> [UInt8] {
    guard let zero = rest.firstIndex(of: 0) else {
      // tEXt may end after an empty text's keyword only with its zero; without it the chunk is broken.
      throw .damaged("a text chunk lacks its separators")
    }
    defer { rest.removeFirst(zero + 1) }
    return Array(rest[..<zero])
  }

  mutating func byte() throws(PNGFault) -> UInt8 {
    guard let first = rest.first else { throw .damaged("a text chunk ends early") }
    rest.removeFirst()
    return first
  }
}
