import Foundations
public import Foundation
import SystemPackage

/// An entry being written. Unless committed, it leaves nothing behind.
///
/// The lock on its folder tells other processes that its writer lives; should it die, the next to open the store
/// removes the folder.
public struct StoreDraft: ~Copyable, Sendable {
  /// The empty folder to write the entry's files into; subfolders are allowed, links are not.
  public let folder: URL
  let store: Store
  let key: ContentDigest
  let path: FilePath
  let lock: FileLock

  /// After a commit the folder has moved, and nothing is found to remove.
  deinit { try? store.system.remove(path) }
}

extension Store {
  /// Begins an entry that is written piece by piece or asynchronously; `insert` is simpler where `fill` is one call.
  public func draft(_ key: ContentDigest) throws -> StoreDraft {
    // Under the store's lock, so that nobody takes the folder for a leftover before it is locked.
    let path = temporaryPath.appending(TemporaryName.make(extension: nil))
    let files = path.appending(Self.filesName)
    let lock = try withUsage { _ in
      try system.createFolder(files)
      return try FileLock.wait(for: path, exclusively: false, system: system)
    }
    return StoreDraft(folder: files.url(isFolder: true), store: self, key: key, path: path, lock: lock)
  }
}

extension StoreDraft {
  /// Makes the draft an entry: hashes its files, writes the manifest, renames the whole into place, and evicts entries
  /// used longest ago where the store has grown beyond its limit.
  ///
  /// Nothing waits for the disk: what a power failure tears does not match its manifest, and is made again.
  ///
  /// - Returns: the entry, leased. When another process stored one of that key meanwhile, theirs, verified.
  /// - Throws: `FileError`, or what `checkCancellation` throws; then there is no half-written entry; there may be a whole one, when
  ///   only making room for it failed.
  @discardableResult
  public consuming func commit(
    metadata: Data, checkCancellation: () throws -> Void = { try Task.checkCancellation() }
  ) throws -> StoreEntry {
    let manifest = StoreManifest(
      key: key, files: try digestFiles(checkCancellation: checkCancellation), metadata: metadata)
    let manifestPath = path.appending(Store.manifestName)
    try store.system.create(manifestPath, manifest.sealed())
    // Taken before anyone can see the entry, so that nobody evicts it in between.
    let lease = try FileLock.wait(for: manifestPath, exclusively: false, system: store.system)
    while true {
      try checkCancellation()
      if try store.publish(path, key: key) {
        return StoreEntry(manifest, folder: store.entryPath(key).appending(Store.filesName), lease: lease)
      }
      // Somebody was first. Damaged or evicted at once, theirs leaves the place to this one.
      switch try store.open(key, checkCancellation: checkCancellation) {
      case .present(let theirs): return theirs
      case .absent: continue
      case .damaged(let damage): if let failure = damage.removalFailure { throw failure }
      }
    }
  }

  private borrowing func digestFiles(checkCancellation: () throws -> Void) throws -> [StoredFile] {
    let system = store.system
    let root = path.appending(Store.filesName)
    return try system.regularFiles(in: root).map { name in
      let path = root.appending(name)
      let descriptor = try system.open(path, .readOnly, followingLink: false)
      defer { try? descriptor.close() }
      let digest = try system.digest(of: descriptor, at: path, checkCancellation: checkCancellation)
      let size = try system.attempt(.inspect, path) { try Stat(descriptor).size }
      return StoredFile(name: name, size: size, digest: digest)
    }
  }
}
