import Foundations
import Foundation
import SystemPackage

extension Store {
  /// Puts a finished draft in its place and makes room; false when the place is taken.
  func publish(_ draft: FilePath, key: ContentDigest) throws -> Bool {
    let place = entryPath(key)
    let doomed: [FilePath]? = try withUsage { usage in
      guard try system.status(place) == nil else { return nil }
      let bytes = try size(of: draft) + (usage.read() ?? scan().reduce(0) { $0 + $1.bytes })
      try usage.write(bytes)
      try system.createFolder(place.removingLastComponent())
      try system.rename(draft, to: place)
      return bytes > limit ? try setAsideOldest(usage) : []
    }
    guard let doomed else { return false }
    // After the lock is let go, for it may take long; what is set aside is out of everyone's sight.
    for path in doomed { try system.remove(path) }
    return true
  }

  /// Sets aside entries, those used longest ago first, down to nine tenths of the limit, so that not every insertion
  /// has to look at every entry. Leased entries stay.
  private func setAsideOldest(_ usage: StoreUsage) throws -> [FilePath] {
    let entries = try scan().sorted { ($0.lastUse, $0.key) < ($1.lastUse, $1.key) }
    var bytes = entries.reduce(0) { $0 + $1.bytes }
    var doomed: [FilePath] = []
    for entry in entries where bytes > limit / 10 * 9 {
      guard let path = try setAsideUnlessLeased(entry.key) else { continue }
      doomed.append(path)
      bytes -= entry.bytes
    }
    try usage.write(bytes)
    return doomed
  }

  /// Moves an entry out of sight, to be deleted, unless somebody holds it; the caller holds the store's lock.
  func setAsideUnlessLeased(_ key: ContentDigest) throws -> FilePath? {
    let lock: FileLock?
    do {
      // Opened for writing because some network file systems grant exclusive locks only then.
      lock = try FileLock.takeIfFree(manifestPath(key), mode: .readWrite, system: system)
      if lock == nil { return nil }
    } catch let error as FileError where [.notFound, .isFolder, .isLink].contains(error.reason) {
      lock = nil  // An entry without a manifest nobody can hold.
    }
    return try withExtendedLifetime(lock) { try setAside(key) }
  }

  /// Removes what processes that died left in the temporary folder: unfinished drafts and half-deleted entries.
  func removeLeftovers() throws {
    TemporaryName.removeLeftovers(in: ledgerPath.url(isFolder: true))
    if try system.list(temporaryPath).isEmpty { return }
    do {
      let dead = try withUsage { _ in
        try system.list(temporaryPath).map(temporaryPath.appending).compactMap { path in
          (try? FileLock.takeIfFree(path, system: system)).map { (path: path, lock: $0) }
        }
      }
      for leftover in dead { try system.remove(leftover.path) }
    } catch let error as FileError where [.readOnly, .permissionDenied].contains(error.reason) {
      return  // Another's to remove; the store can still be read.
    }
  }

  /// An entry as its folder shows it.
  struct Listing {
    let key: ContentDigest
    let bytes: Int64
    let lastUse: Date
  }

  /// Every entry, in no order. Entries may come and go meanwhile unless the caller holds the store's lock.
  func scan() throws -> [Listing] {
    try keys().compactMap { key in
      guard let lastUse = try system.status(manifestPath(key)) ?? system.status(entryPath(key)) else {
        return nil
      }
      return Listing(key: key, bytes: try size(of: entryPath(key)), lastUse: lastUse.modificationDate)
    }
  }

  /// The keys of all entries, in no order.
  func keys() throws -> [ContentDigest] {
    try system.list(entriesPath).flatMap {
      try system.list(entriesPath.appending($0)).compactMap(ContentDigest.init)
    }
  }

  /// Bytes in the files of a folder and its subfolders.
  private func size(of folder: FilePath) throws -> Int64 {
    var bytes: Int64 = 0
    for name in try system.list(folder) {
      let path = folder.appending(name)
      guard let status = try system.status(path) else { continue }
      bytes += status.type == .directory ? try size(of: path) : status.size
    }
    return bytes
  }
}
