package import SystemPackage

/// An advisory lock (`flock`) on an open file or folder, held until this object is gone.
///
/// It belongs to the open file, not to the process: two locks of one process exclude each other as those of two
/// processes do, and the system ends it when its process dies, however it dies.
/// Sendable because its one property is immutable and the descriptor is closed once, in `deinit`.
package final class FileLock: Sendable {
  package let descriptor: FileDescriptor

  private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }
  deinit { try? descriptor.close() }

  /// Opens a file or folder and waits for the lock.
  package static func wait(
    for path: FilePath, exclusively: Bool, mode: FileDescriptor.AccessMode = .readOnly,
    options: FileDescriptor.OpenOptions = [], system: FileSystem
  ) throws -> FileLock {
    let lock = FileLock(try system.open(path, mode, options: options, followingLink: false))
    try system.attempt(.lock, path) { try SystemCall.lock(lock.descriptor, exclusively: exclusively) }
    return lock
  }

  /// Opens a file or folder and takes the lock exclusively; nil when another holds it.
  package static func takeIfFree(
    _ path: FilePath, mode: FileDescriptor.AccessMode = .readOnly, system: FileSystem
  ) throws -> FileLock? {
    let lock = FileLock(try system.open(path, mode, followingLink: false))
    let isTaken = try system.attempt(.lock, path) { try SystemCall.lockIfFree(lock.descriptor) }
    return isTaken ? lock : nil
  }
}
