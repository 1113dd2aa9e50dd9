/// A SHA-256 digest: what content is known by. Ordered as its hexadecimal text is.
public struct ContentDigest: Sendable, Hashable, Comparable, LosslessStringConvertible {
  /// The 32 bytes as four big-endian words. No vector: that would have to lie at addresses divisible by 32, which optimized
  /// asynchronous functions of Swift 6.3 do not see to, so that they overwrite their neighbours.
  ///
  /// The first alone is enough to tell many things apart, or to deal them out.
  package let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  /// A digest from its 32 bytes; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    self.init(
      words: Array(bytes).withUnsafeBytes { bytes in
        (0..<4).map { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
      })
  }

  private init(words: [UInt64]) { (first, second, third, fourth) = (words[0], words[1], words[2], words[3]) }

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
    self.init(words: words)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    withUnsafeBytes(
      of: (first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian), Array.init)
  }

  private var words: [UInt64] { [first, second, third, fourth] }

  /// The digest as 64 lower-case hexadecimal digits.
  public var description: String {
    var text = ""
    for word in words {
      let digits = String(word, radix: 16)
      text += String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
    return text
  }

  /// Ordered as the hexadecimal text is.
  public static func < (left: ContentDigest, right: ContentDigest) -> Bool {
    (left.first, left.second, left.third, left.fourth) < (
      right.first, right.second, right.third, right.fourth
    )
  }

  private static let digits = Set("0123456789abcdef".utf8)
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
