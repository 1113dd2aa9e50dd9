package import Foundation
package import SystemPackage

/// The system's file calls, each failure a `FileError`.
///
/// A value, not a global: who writes files is given one, and a test gives one that fails where it wants.
package struct FileSystem: Sendable {
  /// Asked before each call; a reason makes the call fail with it.
  package var fault: @Sendable (FileError.Operation, String) -> FileError.Reason?
  /// Called with the path of a lock that another process has held for longer than moments.
  package var waits: @Sendable (String) -> Void = { _ in }

  package init(
    fault: @escaping @Sendable (FileError.Operation, String) -> FileError.Reason? = { _, _ in nil }
  ) { self.fault = fault }

  package func attempt<Value>(
    _ operation: FileError.Operation, _ path: FilePath, _ call: () throws -> Value
  ) throws -> Value {
    if let reason = fault(operation, path.string) { throw FileError(operation, path, reason) }
    do {
      return try call()
    } catch let code as Errno {
      throw FileError(operation, path, FileError.Reason(code))
    } catch {
      throw FileError(operation, path, .other(String(describing: error)))
    }
  }

  /// Opens a file or folder; the descriptor is the caller's to close and is not inherited by child processes.
  ///
  /// - Throws: `FileError`; `.isNotRegularFile` for a pipe, which might be waited for without end, and for a device,
  ///   which might have no end.
  package func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode, options: FileDescriptor.OpenOptions = [],
    followingLink: Bool = true
  ) throws -> FileDescriptor {
    // Opening a pipe waits for its other end unless asked not to; files and folders are indifferent.
    var options = options.union([.closeOnExec, .nonBlocking])
    if !followingLink { options.insert(.noFollow) }
    return try attempt(options.contains(.create) ? .create : .open, path) {
      let descriptor = try FileDescriptor.open(
        path, mode, options: options, permissions: FilePermissions(rawValue: 0o666))
      if let type = try? Stat(descriptor).type, [.regular, .directory].contains(type) { return descriptor }
      try? descriptor.close()
      throw Errno.noSuchAddressOrDevice
    }
  }

  /// What stands at that path, or nil when nothing does.
  package func status(_ path: FilePath, followingLink: Bool = false) throws -> Stat? {
    do {
      return try attempt(.inspect, path) { try Stat(path, followTargetSymlink: followingLink) }
    } catch let error as FileError where error.reason == .notFound {
      return nil
    }
  }

  /// Makes a folder and those above it, where they do not exist yet.
  package func createFolder(_ path: FilePath) throws {
    do {
      try createOneFolder(path)
    } catch let error as FileError where error.reason == .notFound {
      let parent = path.removingLastComponent()
      guard parent != path, !parent.isEmpty else { throw error }
      try createFolder(parent)
      do {
        // Once more and no oftener: some file systems (/proc) say "not found" of whatever they do not take.
        try createOneFolder(path)
      } catch let error as FileError where error.reason == .notFound {
        throw FileError(.create, path, .other("its file system takes no new folders"))
      }
    }
  }

  private func createOneFolder(_ path: FilePath) throws {
    do {
      try attempt(.create, path) { try SystemCall.makeFolder(path) }
    } catch let error as FileError where error.reason == .alreadyExists {
      guard try status(path, followingLink: true)?.type == .directory else {
        throw FileError(.create, path, .isNotFolder)
      }
    }
  }

  /// The names in a folder, in no order; none when the folder does not exist.
  package func list(_ folder: FilePath) throws -> [String] {
    do {
      return try attempt(.list, folder) { try SystemCall.names(in: folder) }
    } catch let error as FileError where error.reason == .notFound {
      return []
    }
  }

  /// Gives a file or folder another name in the same file system; a file of that name is replaced.
  package func rename(_ path: FilePath, to other: FilePath) throws {
    try attempt(.rename, other) { try SystemCall.rename(path, to: other) }
  }

  /// Gives a file a second name in the same file system.
  package func link(_ path: FilePath, to other: FilePath) throws {
    try attempt(.create, other) { try SystemCall.link(path, to: other) }
  }

  /// Gives a folder the place of another, and tells under which name that one lies now: the first one's, or `former`
  /// where the file system cannot change names at once. Then for a moment there is none.
  package func changePlaces(
    _ path: FilePath, with other: FilePath, orMoveTo former: @autoclosure () -> FilePath
  ) throws -> FilePath {
    if try attempt(.rename, other, { try SystemCall.exchange(path, other) }) { return path }
    let former = former()
    try rename(other, to: former)
    do {
      try rename(path, to: other)
    } catch {
      try? rename(former, to: other)
      throw error
    }
    return former
  }

  /// How many bytes may still be written on the disk that holds a file or folder.
  package func availableSpace(_ path: FilePath) throws -> Int {
    try attempt(.inspect, path) { try SystemCall.availableSpace(path) }
  }

  /// Removes a file, or a folder with all it holds. Nothing there is no error: another process may have been first.
  package func remove(_ path: FilePath) throws {
    guard let status = try status(path) else { return }
    do {
      if status.type == .directory {
        for name in try list(path) { try remove(path.appending(name)) }
        try attempt(.remove, path) { try SystemCall.removeFolder(path) }
      } else {
        try attempt(.remove, path) { try SystemCall.removeFile(path) }
      }
    } catch let error as FileError where error.reason == .notFound {
      return
    }
  }
}

extension FilePath {
  /// The path of a file URL.
  package init(_ url: URL) { self.init(url.path(percentEncoded: false)) }

  /// The path as a file URL.
  package func url(isFolder: Bool = false) -> URL {
    URL(filePath: string, directoryHint: isFolder ? .isDirectory : .notDirectory)
  }
}
