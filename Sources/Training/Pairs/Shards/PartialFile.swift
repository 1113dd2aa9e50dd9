import Foundation

/// A file written piece by piece that appears whole or not at all: it is hidden under another name in the same folder
/// until `commit`, and goes with the object before that. What a killed process leaves is overwritten by the next.
final class PartialFile {
  private let target: URL
  private let hidden: URL
  private let handle: FileHandle
  private var isCommitted = false

  init(_ target: URL) throws {
    self.target = target
    hidden = target.deletingLastPathComponent().appending(path: ".\(target.lastPathComponent).part")
    try Data().write(to: hidden)
    handle = try FileHandle(forWritingTo: hidden)
  }

  deinit {
    try? handle.close()
    if !isCommitted { try? FileManager.default.removeItem(at: hidden) }
  }

  func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

  /// Flushes everything to disk and gives the file its name.
  func commit() throws {
    try handle.synchronize()
    let (from, to) = (hidden.path(percentEncoded: false), target.path(percentEncoded: false))
    guard rename(from, to) == 0 else {
      throw ShardError("\(to) could not be written: \(String(cString: strerror(errno)))")
    }
    isCommitted = true
  }
}

/// Keeps other processes from writing shards into a folder, until it is gone or its process dies.
final class FolderLock {
  private let descriptor: Int32

  init(_ folder: URL) throws {
    let path = folder.path(percentEncoded: false)
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ShardError("\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw ShardError("another process is writing pairs into \(path)")
    }
  }

  deinit {
    // A program that is being started at this moment may hold a copy of the descriptor, which would keep the lock.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

/// Shards that cannot be written, in words for the person who asked for them.
public struct ShardError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public let description: String
  init(_ description: String) { self.description = description }
}
