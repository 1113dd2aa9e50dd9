package import Foundation
package import SystemPackage

/// The system's file calls, each failure told as a `FileError`.
///
/// A value, not a global: who writes files is given one, and a test gives one that fails where it wants.
package struct FileSystem: Sendable {
  /// Asked before each call; a reason makes the call fail with it.
  package var fault: @Sendable (FileError.Operation, String) -> FileError.Reason?

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

  /// Opens a file; the descriptor is the caller's to close and is not inherited by child processes.
  package func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode, options: FileDescriptor.OpenOptions = [],
    followingLink: Bool = true
  ) throws -> FileDescriptor {
    var options = options.union(.closeOnExec)
    if !followingLink { options.insert(.noFollow) }
    return try attempt(options.contains(.create) ? .create : .open, path) {
      try FileDescriptor.open(path, mode, options: options, permissions: FilePermissions(rawValue: 0o666))
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
      try attempt(.create, path) { try SystemCall.makeFolder(path) }
    } catch let error as FileError where error.reason == .alreadyExists {
      guard try status(path, followingLink: true)?.type == .directory else {
        throw FileError(.create, path, .isNotFolder)
      }
    } catch let error as FileError where error.reason == .notFound && path.removingLastComponent() != path {
      try createFolder(path.removingLastComponent())
      try createFolder(path)
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
