public import Foundation
package import SystemPackage

/// Takes the SHA-256 of bytes that come piece by piece.
public struct ContentHasher: Sendable {
  private var state = MessageDigest(.sha256)

  /// A hasher that has seen nothing yet.
  public init() {}

  /// Adds bytes. Two pieces hash as their concatenation: where pieces must stay apart, add their lengths too.
  public mutating func update(_ bytes: some DataProtocol) {
    for region in bytes.regions { region.withUnsafeBytes { state.update($0) } }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bytes) }

  /// The digest of all bytes added so far.
  public func finalize() -> ContentDigest {
    guard let digest = ContentDigest(bytes: state.finalize()) else {
      preconditionFailure("SHA-256 has 32 bytes")
    }
    return digest
  }
}

extension ContentDigest {
  /// The digest of these bytes.
  public init(of bytes: some DataProtocol) {
    var hasher = ContentHasher()
    hasher.update(bytes)
    self = hasher.finalize()
  }

  /// The digest of a file's bytes, read a mebibyte at a time.
  ///
  /// - Parameter checkCancellation: called between pieces; what it throws ends the reading.
  /// - Throws: `FileError` when the file cannot be read.
  public init(
    ofFile file: URL, checkCancellation: () throws -> Void = { try Task.checkCancellation() }
  ) throws {
    let system = FileSystem()
    let path = FilePath(file)
    let descriptor = try system.open(path, .readOnly)
    defer { try? descriptor.close() }
    self = try system.digest(of: descriptor, at: path, checkCancellation: checkCancellation)
  }
}

extension FileSystem {
  /// The digest of all that remains to be read of an open file.
  package func digest(
    of descriptor: FileDescriptor, at path: FilePath, checkCancellation: () throws -> Void
  ) throws -> ContentDigest {
    var hasher = ContentHasher()
    try forEachPiece(of: descriptor, at: path) { piece in
      try checkCancellation()
      hasher.update(piece)
    }
    return hasher.finalize()
  }
}
