import Foundation

/// A lock that one process at a time holds, by a file; the system releases it when the process ends, however it ends.
struct FolderLock: ~Copyable {
  private let number: Int32
  private let path: String

  /// Takes the lock, or waits until it is free.
  static func take(_ path: String, waiting: () -> Void) async throws -> FolderLock {
    var hasSaid = false
    while true {
      if let lock = try FolderLock(path) { return lock }
      if !hasSaid { waiting() }
      hasSaid = true
      try await Task.sleep(for: .milliseconds(300))
    }
  }

  /// Nil when another holds it.
  private init?(_ path: String) throws {
    let number = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard number >= 0 else { throw systemFault(path) }
    var (opened, present) = (stat(), stat())
    // The file may have been removed by its last holder between opening and locking.
    guard flock(number, LOCK_EX | LOCK_NB) == 0, fstat(number, &opened) == 0, lstat(path, &present) == 0,
      opened.st_ino == present.st_ino, opened.st_dev == present.st_dev
    else {
      close(number)
      return nil
    }
    self.number = number
    self.path = path
  }

  deinit {
    unlink(path)
    close(number)
  }
}
