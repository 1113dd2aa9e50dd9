public import Foundations
public import Foundation
import SystemPackage

/// An entry of the store, leased: its files stay in place, whatever other processes evict or clear, while this object
/// lives.
///
/// The lease is a shared lock on the entry's manifest; who evicts needs that lock exclusively and passes by what he
/// cannot have. Hold no more leases than needed: each takes an open file.
public final class StoreEntry: Sendable {
  /// What the entry is known by.
  public let key: ContentDigest
  /// Its files, sorted by name.
  public let files: [StoredFile]
  /// What the caller stored beside the files.
  public let metadata: Data
  /// Where the files lie. Good for as long as this object lives; the compiler may end it after its last use, so rather
  /// read within `withFolder`.
  public let folder: URL
  private let lease: FileLock
  private let path: FilePath

  init(_ manifest: StoreManifest, folder: FilePath, lease: FileLock) {
    path = folder
    key = manifest.key
    files = manifest.files
    metadata = manifest.metadata
    self.folder = folder.url(isFolder: true)
    self.lease = lease
  }

  /// The sizes of the files together.
  public var bytes: Int64 { files.reduce(0) { $0 + $1.size } }

  /// Reads the files while the lease is held. The files must not be changed.
  public func withFolder<Value>(_ read: (URL) throws -> Value) rethrows -> Value {
    try withExtendedLifetime(self) { try read(folder) }
  }

  /// Notes that the entry was used now. A store that may not be written keeps its old order.
  func recordUse(system: FileSystem) throws {
    do {
      try system.attempt(.touch, path) { try SystemCall.touch(lease.descriptor) }
    } catch let error as FileError where [.readOnly, .permissionDenied].contains(error.reason) {
      return
    }
  }
}

/// What the store has for a key.
public enum StoreRead: Sendable {
  /// An entry whose every byte was compared with its manifest.
  case present(StoreEntry)
  /// Nothing.
  case absent
  /// An entry that is not what was stored. It is gone now, as if it had never been; worth a word to the user.
  case damaged(StoreDamage)
}

/// An entry that was found to be damaged.
public struct StoreDamage: Sendable, Hashable {
  /// The entry.
  public let key: ContentDigest
  /// What is wrong with it: `file values.bin does not match its checksum`.
  public let reason: String
  /// Why it could not be removed (a read-only store); nil when it was.
  public let removalFailure: FileError?
}
