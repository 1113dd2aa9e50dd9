/// A SHA-256 digest: what content is known by. Ordered as its hexadecimal text is.
public struct ContentDigest: Sendable, Hashable, Comparable, LosslessStringConvertible {
  /// The 32 bytes as four big-endian words.
  private let words: SIMD4<UInt64>

  /// A digest from its 32 bytes; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    words = Array(bytes).withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }.fromBigEndian
  }

  /// A digest from its 64 lower-case hexadecimal digits; nil for any other text.
  public init?(_ description: String) {
    let text = description.utf8
    guard text.count == 64, text.allSatisfy(Self.digits.contains) else { return nil }
    var words: [UInt64] = []
    var rest = description[...]
    while let word = UInt64(rest.prefix(16), radix: 16) {
      words.append(word)
      rest = rest.dropFirst(16)
    }
    self.words = SIMD4(words)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { withUnsafeBytes(of: words.fromBigEndian, Array.init) }

  /// The digest as 64 lower-case hexadecimal digits.
  public var description: String {
    var text = ""
    for index in 0..<4 {
      let digits = String(words[index], radix: 16)
      text += String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
    return text
  }

  /// Ordered as the hexadecimal text is.
  public static func < (left: ContentDigest, right: ContentDigest) -> Bool {
    for index in 0..<4 where left.words[index] != right.words[index] {
      return left.words[index] < right.words[index]
    }
    return false
  }

  private static let digits = Set("0123456789abcdef".utf8)
}

extension SIMD4<UInt64> {
  /// Words of this machine's byte order from big-endian ones, and the reverse.
  fileprivate var fromBigEndian: Self {
    Self(UInt64(bigEndian: x), UInt64(bigEndian: y), UInt64(bigEndian: z), UInt64(bigEndian: w))
  }
}

extension ContentDigest: Codable {
  /// Reads the hexadecimal text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = ContentDigest(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a SHA-256 digest is 64 lower-case hexadecimal digits")
    }
    self = digest
  }

  /// Writes the hexadecimal text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
