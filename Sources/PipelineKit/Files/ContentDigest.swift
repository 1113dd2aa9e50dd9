/// A SHA-256 digest: what content is known by. Ordered as its hexadecimal text is.
public struct ContentDigest: Sendable, Hashable, Comparable, LosslessStringConvertible {
  /// The 32 bytes as four big-endian words.
  private let words: SIMD4<UInt64>

  /// A digest from its 32 bytes; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var words = SIMD4<UInt64>()
    for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
    self.words = words
  }

  /// A digest from its 64 lower-case hexadecimal digits; nil for any other text.
  public init?(_ description: String) {
    let text = description.utf8
    guard text.count == 64 else { return nil }
    var words = SIMD4<UInt64>()
    for (index, character) in text.enumerated() {
      guard let digit = Self.digits.firstIndex(of: character) else { return nil }
      words[index / 16] = words[index / 16] << 4 | UInt64(digit)
    }
    self.words = words
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    (0..<32).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public var description: String {
    String(unsafeUninitializedCapacity: 64) { text in
      for index in 0..<64 {
        let digit = words[index / 16] >> UInt64(60 - index % 16 * 4) & 15
        text[index] = Self.digits[Int(digit)]
      }
      return 64
    }
  }

  /// Ordered as the hexadecimal text is.
  public static func < (left: ContentDigest, right: ContentDigest) -> Bool {
    for index in 0..<4 where left.words[index] != right.words[index] {
      return left.words[index] < right.words[index]
    }
    return false
  }

  private static let digits = Array("0123456789abcdef".utf8)
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
