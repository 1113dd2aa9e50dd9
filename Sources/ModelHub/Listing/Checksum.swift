import Crypto
import Foundation

/// What a file's bytes amount to.
public enum Checksum: Sendable, Hashable, Codable, CustomStringConvertible {
  /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
  case sha256(String)
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
  public var kind: String {
    switch self {
    case .sha256: "SHA-256"
    case .gitBlob: "git blob name"
    }
  }

  /// The digits.
  public var description: String {
    switch self {
    case .sha256(let digits), .gitBlob(let digits): digits
    }
  }
}

/// Computes a checksum of bytes that come in pieces.
struct ChecksumHasher {
  private enum State {
    case none
    case sha256(SHA256)
    case gitBlob(Insecure.SHA1)
  }
  private var state: State

  /// A hasher of the kind of a checksum; git's needs the number of bytes beforehand.
  init(like checksum: Checksum?, size: Int?) {
    switch checksum {
    case nil: state = .none
    case .sha256: state = .sha256(SHA256())
    case .gitBlob:
      var hasher = Insecure.SHA1()
      hasher.update(data: Data("blob \(size ?? 0)\0".utf8))
      state = .gitBlob(hasher)
    }
  }

  mutating func update(_ bytes: Data) {
    switch state {
    case .none: break
    case .sha256(var hasher):
      state = .none
      hasher.update(data: bytes)
      state = .sha256(hasher)
    case .gitBlob(var hasher):
      state = .none
      hasher.update(data: bytes)
      state = .gitBlob(hasher)
    }
  }

  func finish() -> Checksum? {
    func text(_ digest: some Sequence<UInt8>) -> String {
      digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    switch state {
    case .none: return nil
    case .sha256(let hasher): return .sha256(text(hasher.finalize()))
    case .gitBlob(let hasher): return .gitBlob(text(hasher.finalize()))
    }
  }
}
