package import Foundation
package import SystemPackage

/// A file that is being written and appears, whole, when it is committed. Until then it lies under a hidden name in the
/// same folder; uncommitted it goes with this object.
///
/// A lock on it tells others that its writer lives; after a crash `TemporaryName.removeLeftovers(in:)` finds it.
package final class FileDraft {
  /// Where the bytes go for now.
  package let temporary: FilePath
  /// The file as it was named, for errors.
  private let path: FilePath
  private let target: FilePath
  private let system: FileSystem
  private let lock: FileLock
  /// What ends with this process need not outlast the machine; a part of a hidden folder is for its maker to flush.
  private let isLasting: Bool
  private var isCommitted = false

  init(_ file: AtomicFile, fileExtension: String?) throws {
    (path, system) = (file.path, file.system)
    target = try file.destination()
    isLasting = !ScratchPlace.holds(target) && !TemporaryName.isWithin(target)
    do {
      (temporary, lock) = try Self.claim(
        in: target.removingLastComponent(), fileExtension ?? target.extension, system)
    } catch let error as FileError where error.reason == .notFound {
      throw FileError(error.operation, path, .noFolder)
    } catch let error as FileError {
      throw FileError(error.operation, path, error.reason)
    }
  }

  deinit {
    if !isCommitted { try? system.remove(temporary) }
  }

  /// Adds bytes at the end.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    try naming { try system.write(bytes, to: lock.descriptor, at: temporary) }
  }

  /// Adds bytes at the end.
  package func write(_ bytes: some ContiguousBytes) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Flushes everything to disk and gives the file its name; what had that name is gone.
  package func commit() throws {
    try naming {
      // By name: a library may have put another file in the place of the first.
      if isLasting { try system.sync(temporary) }
      try system.rename(temporary, to: target)
    }
    isCommitted = true
    if isLasting { try system.syncFolder(of: target) }
  }

  /// A new file, locked.
  private static func claim(in folder: FilePath, _ suffix: String?, _ system: FileSystem) throws
    -> (FilePath, FileLock)
  {
    while true {
      let path = folder.appending(TemporaryName.make(extension: suffix))
      // One that takes it for a leftover in this moment has it.
      if let lock = try FileLock.claim(path, isFolder: false, system: system) { return (path, lock) }
    }
  }

  /// The hidden name says nothing to whoever named the file.
  private func naming(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as FileError where error.path == temporary.string {
      throw FileError(error.operation, path, error.reason)
    }
  }
}
