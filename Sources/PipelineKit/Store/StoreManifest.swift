import Foundations
import Foundation

/// What an entry says of itself: a line of JSON, then a line with that line's SHA-256, so that a flipped byte anywhere
/// is seen.
struct StoreManifest: Codable, Equatable {
  static let currentFormat = 1

  let format: Int
  let key: ContentDigest
  /// Sorted by name.
  let files: [StoredFile]
  /// The caller's bytes, whatever they are.
  let metadata: Data

  init(key: ContentDigest, files: [StoredFile], metadata: Data) {
    self.format = Self.currentFormat
    self.key = key
    self.files = files
    self.metadata = metadata
  }

  /// Reads what `sealed()` wrote.
  init(sealed: Data) throws {
    let lines = sealed.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count == 3, lines[2].isEmpty,
      let seal = ContentDigest(String(decoding: lines[1], as: UTF8.self)),
      seal == ContentDigest(of: lines[0])
    else { throw StoreFlaw(reason: "its manifest does not match its checksum") }
    do {
      self = try JSONDecoder().decode(StoreManifest.self, from: lines[0])
    } catch {
      throw StoreFlaw(reason: "its manifest is not understood")
    }
    guard format == Self.currentFormat else {
      throw StoreFlaw(reason: "its manifest has format \(format), this program reads \(Self.currentFormat)")
    }
  }

  func sealed() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(self)
    return line + Data("\n\(ContentDigest(of: line))\n".utf8)
  }
}

/// One file of an entry.
public struct StoredFile: Sendable, Hashable, Codable {
  /// The name relative to the entry's folder; `/` parts subfolders.
  public let name: String
  /// Size in bytes.
  public let size: Int64
  /// SHA-256 of its bytes.
  public let digest: ContentDigest
}

/// Why an entry cannot be trusted, in words that follow "entry x is damaged: ".
struct StoreFlaw: Error {
  let reason: String

  init(reason: String) { self.reason = reason }

  /// Damage, when that is what a failed reading shows; the error itself when it tells of this machine, not of the entry.
  init(_ error: FileError, reading name: String) throws {
    switch error.reason {
    case .notFound: reason = "\(name) is missing"
    case .isFolder, .isNotFolder, .isLink, .isNotRegularFile, .mediumFailure:
      reason = "\(name) cannot be read: \(error.reason)"
    default: throw error
    }
  }
}
