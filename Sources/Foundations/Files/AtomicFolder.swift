public import Foundation
import SystemPackage

/// A new folder that appears with all its files or not at all.
///
/// It is filled under a hidden name beside its place, flushed to disk and then renamed.
public struct AtomicFolder: Sendable {
  let path: FilePath
  let system: FileSystem

  /// The folder to make. It must not exist, or be empty.
  public init(_ folder: URL) { self.init(folder, system: FileSystem()) }

  package init(_ folder: URL, system: FileSystem) {
    path = FilePath(folder)
    self.system = system
  }

  /// Lets `body` fill the empty folder it is given.
  ///
  /// - Throws: what `body` throws, or `FileError`: `.alreadyExists` when the place is taken.
  public func write(with body: (URL) throws -> Void) throws {
    let parent = path.removingLastComponent()
    if let kind = try system.status(path)?.type, try kind != .directory || !system.list(path).isEmpty {
      throw FileError(.create, path, .alreadyExists)
    }
    let temporary = parent.appending(TemporaryName.make(extension: nil))
    do {
      try system.createFolder(temporary)
      try body(temporary.url(isFolder: true))
      try system.syncTree(temporary)
      try system.rename(temporary, to: path)
    } catch {
      try? system.remove(temporary)
      throw error
    }
    try system.sync(parent.isEmpty ? "." : parent)
  }
}
