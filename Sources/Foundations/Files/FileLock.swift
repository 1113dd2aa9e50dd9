package import SystemPackage

/// An advisory lock (`flock`) on an open file or folder, held until this object is gone.
///
/// It belongs to the open file, not to the process: two locks of one process exclude each other as those of two
/// processes do, and the system ends it when its process dies, however it dies.
/// Sendable because its one property is immutable and the descriptor is closed once, in `deinit`.
package final class FileLock: Sendable {
  package let descriptor: FileDescriptor

  private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  deinit {
    // A program that is being started at this moment may hold a copy of the descriptor, which would keep the lock.
    SystemCall.unlock(descriptor)
    try? descriptor.close()
  }

  /// Opens a file or folder and waits for the lock; a long wait is reported to `system.waits`.
  ///
  /// - Throws: `FileError`; `CancellationError` when the task is cancelled while it waits.
  package static func wait(
    for path: FilePath, exclusively: Bool, mode: FileDescriptor.AccessMode = .readOnly,
    options: FileDescriptor.OpenOptions = [], system: FileSystem
  ) throws -> FileLock {
    let lock = FileLock(try system.open(path, mode, options: options, followingLink: false))
    let start = ContinuousClock.now
    var isSaid = false
    // Not a call that blocks: it could neither be cancelled nor say that it waits.
    while try !system.attempt(
      .lock, path, { try SystemCall.lockIfFree(lock.descriptor, exclusively: exclusively) })
    {
      try Task.checkCancellation()
      if !isSaid, start.duration(to: .now) > patience {
        isSaid = true
        system.waits(path.string)
      }
      SystemCall.sleep(milliseconds: isSaid ? 100 : 2)
    }
    return lock
  }

  /// Locks are held for moments; who holds one for longer than this has been stopped, or is on a slow disk.
  private static let patience = Duration.milliseconds(500)

  /// Opens a file or folder and takes the lock exclusively; nil when another holds it.
  package static func takeIfFree(
    _ path: FilePath, mode: FileDescriptor.AccessMode = .readOnly,
    options: FileDescriptor.OpenOptions = [], system: FileSystem = FileSystem()
  ) throws -> FileLock? {
    let lock = FileLock(try system.open(path, mode, options: options, followingLink: false))
    let isTaken = try system.attempt(.lock, path) {
      try SystemCall.lockIfFree(lock.descriptor, exclusively: true)
    }
    return isTaken ? lock : nil
  }

  /// Makes a file, or opens the folder that it makes, and locks it, so that others can tell it from what a process
  /// that died left; nil when somebody who took it for such was faster, and it is gone.
  package static func claim(_ path: FilePath, isFolder: Bool, system: FileSystem) throws -> FileLock? {
    if isFolder { try system.createFolder(path) }
    do {
      let lock = FileLock(
        try isFolder
          ? system.open(path, .readOnly)
          : system.open(path, .writeOnly, options: [.create, .exclusiveCreate]))
      // Where a file system has no locks, nobody can take this one for dead either.
      try? SystemCall.lock(lock.descriptor)
      return try system.status(path) == nil ? nil : lock
    } catch let error as FileError where isFolder && error.reason == .notFound {
      return nil
    } catch {
      try? system.remove(path)
      throw error
    }
  }

  /// Whether the path still leads to what is locked: another may have removed it between opening and locking.
  func holds(_ path: FilePath, system: FileSystem) throws -> Bool {
    let locked = try system.attempt(.inspect, path) { try Stat(descriptor) }
    guard let present = try system.status(path) else { return false }
    return locked.inode == present.inode && locked.deviceID == present.deviceID
  }
}

/// A lock by a file that is there only for the lock: for what has no file of its own yet. It goes with its holder.
package struct LockFile: ~Copyable, Sendable {
  private let lock: FileLock
  private let path: FilePath
  private let system: FileSystem

  /// Takes the lock; nil when another holds it.
  package static func takeIfFree(_ path: FilePath, system: FileSystem = FileSystem()) throws -> LockFile? {
    while let lock = try FileLock.takeIfFree(path, mode: .readWrite, options: [.create], system: system) {
      // Its last holder may have removed the file that was locked here.
      if try lock.holds(path, system: system) { return LockFile(lock, path, system) }
    }
    return nil
  }

  private init(_ lock: FileLock, _ path: FilePath, _ system: FileSystem) {
    (self.lock, self.path, self.system) = (lock, path, system)
  }

  deinit { try? system.remove(path) }
}
