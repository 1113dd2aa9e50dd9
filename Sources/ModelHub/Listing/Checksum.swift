import Foundations

/// What a file's bytes amount to.
package enum Checksum: Sendable, Hashable, Codable, CustomStringConvertible {
  /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
  case sha256(String)
  /// The first digits of the SHA-256, which torch.hub writes into names of files.
  case sha256Beginning(String)
  /// The name git gives the bytes: SHA-1 of `blob SIZE`, a zero byte and the bytes; 40 hexadecimal digits.
  case gitBlob(String)

  /// A checksum of 64 digits or 40; nil for any other text.
  init?(hexadecimal text: String) {
    let digits = text.lowercased()
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
      return nil
    }
    switch digits.utf8.count {
    case 64: self = .sha256(digits)
    case 40: self = .gitBlob(digits)
    default: return nil
    }
  }

  /// What it is called.
  package var kind: String {
    switch self {
    case .sha256, .sha256Beginning: "SHA-256"
    case .gitBlob: "git blob name"
    }
  }

  /// The digits.
  package var description: String {
    switch self {
    case .sha256(let digits), .sha256Beginning(let digits), .gitBlob(let digits): digits
    }
  }
}

/// Computes a checksum of bytes that come in pieces.
struct ChecksumHasher {
  private var digest: MessageDigest?
  private let isGitBlob: Bool
  /// How many digits are compared; nil for all.
  private var length: Int?

  /// A hasher of the kind of a checksum; git's needs the number of bytes beforehand.
  init(like checksum: Checksum?, size: Int?) {
    switch checksum {
    case nil: (digest, isGitBlob) = (nil, false)
    case .sha256: (digest, isGitBlob) = (MessageDigest(.sha256), false)
    case .sha256Beginning(let digits):
      (digest, isGitBlob) = (MessageDigest(.sha256), false)
      length = digits.count
    case .gitBlob:
      (digest, isGitBlob) = (MessageDigest(.sha1), true)
      Array("blob \(size ?? 0)\0".utf8).withUnsafeBytes { update($0) }
    }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) { digest?.update(bytes) }

  /// What came, or nil when there was nothing to compare it with.
  func finish() -> Checksum? {
    guard let digits = digest.map({ hexadecimal($0.finalize()) }) else { return nil }
    if let length { return .sha256Beginning(String(digits.prefix(length))) }
    return isGitBlob ? .gitBlob(digits) : .sha256(digits)
  }
}
