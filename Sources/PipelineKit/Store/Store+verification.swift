import Foundations
import Foundation
import SystemPackage

extension Store {
  /// Leases an entry and compares it with its manifest; removes it when they differ.
  func verified(_ key: ContentDigest, checkCancellation: () throws -> Void) throws -> StoreRead {
    let manifestPath = manifestPath(key)
    let lease: FileLock
    do {
      guard let taken = try self.lease(key) else { return try absentOrWithoutManifest(key) }
      lease = taken
    } catch let flaw as StoreFlaw {
      let judged = try system.status(manifestPath).map(FileIdentity.init)
      return .damaged(try removeDamaged(key, flaw, judged: judged))
    }
    do {
      let manifest = try manifest(key, lease: lease)
      for file in manifest.files { try verify(file, of: key, checkCancellation: checkCancellation) }
      try verifyNothingElse(than: manifest.files, in: key)
      return .present(StoreEntry(manifest, folder: entryPath(key).appending(Self.filesName), lease: lease))
    } catch let flaw as StoreFlaw {
      // The lease keeps the manifest's inode from being used again while it serves as the entry's identity.
      return try withExtendedLifetime(lease) {
        let judged = try system.identity(of: lease.descriptor, at: manifestPath)
        return .damaged(try removeDamaged(key, flaw, judged: judged))
      }
    }
  }

  /// Waits for a shared lock on the manifest: moments, while another process decides on evicting the entry. If it did,
  /// the manifest locked is no longer the one in place.
  func lease(_ key: ContentDigest) throws -> FileLock? {
    let path = manifestPath(key)
    while true {
      do {
        let lease = try FileLock.wait(for: path, exclusively: false, system: system)
        let inPlace = try system.status(path).map(FileIdentity.init)
        if inPlace == (try system.identity(of: lease.descriptor, at: path)) { return lease }
      } catch let error as FileError where error.reason == .notFound {
        return nil
      } catch let error as FileError {
        throw try StoreFlaw(error, reading: "its manifest")
      }
    }
  }

  private func manifest(_ key: ContentDigest, lease: FileLock) throws -> StoreManifest {
    let sealed: Data
    do {
      sealed = try system.contents(of: lease.descriptor, at: manifestPath(key))
    } catch let error as FileError {
      throw try StoreFlaw(error, reading: "its manifest")
    }
    let manifest = try StoreManifest(sealed: sealed)
    guard manifest.key == key else {
      throw StoreFlaw(reason: "its manifest is that of entry \(manifest.key)")
    }
    return manifest
  }

  private func verify(_ file: StoredFile, of key: ContentDigest, checkCancellation: () throws -> Void) throws
  {
    let path = entryPath(key).appending(Self.filesName).appending(file.name)
    let name = "file \(file.name)"
    do {
      let descriptor = try system.open(path, .readOnly, followingLink: false)
      defer { try? descriptor.close() }
      let status = try system.attempt(.inspect, path) { try Stat(descriptor) }
      guard status.type == .regular else { throw StoreFlaw(reason: "\(name) is no ordinary file") }
      guard status.size == file.size else {
        throw StoreFlaw(reason: "\(name) has \(status.size) bytes, \(file.size) were stored")
      }
      guard try system.digest(of: descriptor, at: path, checkCancellation: checkCancellation) == file.digest
      else {
        throw StoreFlaw(reason: "\(name) does not match its checksum")
      }
    } catch let error as FileError {
      throw try StoreFlaw(error, reading: name)
    }
  }

  private func verifyNothingElse(than files: [StoredFile], in key: ContentDigest) throws {
    let names = Set(files.map(\.name))
    let found: [String]
    do {
      found = try system.regularFiles(in: entryPath(key).appending(Self.filesName))
    } catch let error as FileError {
      throw try StoreFlaw(error, reading: "its folder")
    }
    if let stranger = found.first(where: { !names.contains($0) }) {
      throw StoreFlaw(reason: "file \(stranger) was never stored")
    }
  }

  /// Entries appear and vanish whole, so a folder without manifest is damage. Looked at again under the lock, for both
  /// looks may have fallen around another process's eviction and insertion.
  private func absentOrWithoutManifest(_ key: ContentDigest) throws -> StoreRead {
    guard try system.status(entryPath(key)) != nil, try !contains(key) else { return .absent }
    let damage = try removeDamaged(key, StoreFlaw(reason: "its manifest is missing"), judged: nil)
    return try damage.removalFailure == nil && contains(key) ? .absent : .damaged(damage)
  }

  /// Removes an entry unless another process replaced it since it was judged. Leases do not save it: who holds one
  /// verified the entry when it was still good, and a damaged entry must not keep its key for ever.
  private func removeDamaged(_ key: ContentDigest, _ flaw: StoreFlaw, judged: FileIdentity?) throws
    -> StoreDamage
  {
    var failure: FileError?
    do {
      if let doomed = try setAside(key, ifStill: judged) { try system.remove(doomed) }
    } catch let error as FileError {
      failure = error
    }
    return StoreDamage(key: key, reason: flaw.reason, removalFailure: failure)
  }

  private func setAside(_ key: ContentDigest, ifStill judged: FileIdentity?) throws -> FilePath? {
    try withUsage { _ in
      guard try system.status(manifestPath(key)).map(FileIdentity.init) == judged else { return nil }
      return try setAside(key)
    }
  }

  /// Moves an entry out of sight, to be deleted; the caller holds the store's lock. Nil when there is none.
  func setAside(_ key: ContentDigest) throws -> FilePath? {
    let doomed = temporaryPath.appending(TemporaryName.make(extension: nil))
    do {
      try system.rename(entryPath(key), to: doomed)
      return doomed
    } catch let error as FileError where error.reason == .notFound {
      return nil
    }
  }
}

/// What tells a file from one that later took its name.
struct FileIdentity: Equatable {
  private let device: UInt64
  private let inode: UInt64

  init(_ status: Stat) {
    device = UInt64(truncatingIfNeeded: status.rawValue.st_dev)
    inode = UInt64(truncatingIfNeeded: status.rawValue.st_ino)
  }
}

extension FileSystem {
  func identity(of descriptor: FileDescriptor, at path: FilePath) throws -> FileIdentity {
    FileIdentity(try attempt(.inspect, path) { try Stat(descriptor) })
  }

  /// The files in a folder and its subfolders, by their names from there, sorted.
  ///
  /// - Throws: `FileError` for links, devices and pipes.
  func regularFiles(in folder: FilePath, prefix: String = "") throws -> [String] {
    var names: [String] = []
    for name in try list(folder) {
      let path = folder.appending(name)
      switch try status(path)?.type {
      case .regular: names.append(prefix + name)
      case .directory: names += try regularFiles(in: path, prefix: prefix + name + "/")
      case nil: continue
      default: throw FileError(.inspect, path, .isNotRegularFile)
      }
    }
    return names.sorted()
  }
}
