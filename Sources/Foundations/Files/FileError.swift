package import SystemPackage

/// Something could not be done to a file or folder.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried.
  public let operation: Operation
  /// On which file or folder.
  public let path: String
  /// Why it failed.
  public let reason: Reason

  /// What can be tried on a file; the raw value is a verb for people.
  public enum Operation: String, Sendable, Hashable {
    case create, open, inspect, read, write, list, rename, remove, lock
    case sync = "flush to disk"
    case touch = "set the time of"
  }

  /// Why an operation failed, by what the user can do about it.
  public enum Reason: Sendable, Hashable {
    case noSpace, readOnly, permissionDenied
    case notFound, alreadyExists
    /// The folder that a file is to lie in is missing.
    case noFolder
    /// Another process is at work on it.
    case inUse
    case isFolder, isNotFolder, isNotRegularFile, isLink
    case tooManyOpenFiles, mediumFailure
    /// Who read what is written has gone away.
    case noReader
    /// Any other, in the system's words.
    case other(String)
  }

  package init(_ operation: Operation, _ path: FilePath, _ reason: Reason) {
    self.operation = operation
    self.path = path.string
    self.reason = reason
  }

  /// `cannot write /a/b.png: no space left on its disk`.
  public var description: String { "cannot \(operation.rawValue) \(path): \(reason)" }
}

extension FileError.Reason: CustomStringConvertible {
  init(_ code: Errno) {
    switch code {
    case .noSpace, .diskQuotaExceeded: self = .noSpace
    case .readOnlyFileSystem: self = .readOnly
    case .permissionDenied, .notPermitted: self = .permissionDenied
    case .noSuchFileOrDirectory: self = .notFound
    case .fileExists, .directoryNotEmpty: self = .alreadyExists
    case .isDirectory: self = .isFolder
    case .notDirectory: self = .isNotFolder
    case .tooManySymbolicLinkLevels: self = .isLink
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem: self = .tooManyOpenFiles
    case .ioError: self = .mediumFailure
    case .brokenPipe: self = .noReader
    case .noSuchAddressOrDevice: self = .isNotRegularFile
    default: self = .other(code.description)
    }
  }

  /// Whether the same may go well later: room is made, another process ends.
  package var isPassing: Bool { [.noSpace, .inUse, .tooManyOpenFiles].contains(self) }

  /// The reason in words that continue `cannot write x: `.
  public var description: String {
    switch self {
    case .noSpace: "no space left on its disk"
    case .readOnly: "its disk is read-only"
    case .permissionDenied: "permission denied"
    case .notFound: "there is no such file or folder"
    case .noFolder: "its folder does not exist"
    case .alreadyExists: "it already exists"
    case .inUse: "another process is writing it"
    case .isFolder: "it is a folder"
    case .isNotFolder: "a part of its path is no folder"
    case .isNotRegularFile: "it is no ordinary file"
    case .isLink: "it is a symbolic link where none is allowed"
    case .tooManyOpenFiles: "too many files are open"
    case .mediumFailure: "its disk reports a failure"
    case .noReader: "nobody reads it any more"
    case .other(let words): words
    }
  }
}
