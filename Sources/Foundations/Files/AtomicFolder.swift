public import Foundation
package import SystemPackage

/// A folder that appears with all its files or not at all.
///
/// It is filled under a hidden name beside its place, flushed to disk and then renamed; in the place of another it
/// changes names with that one, so that at no moment there is none. What a writer that died has left is removed by the
/// next of the same folder; two writers at a time are refused.
public struct AtomicFolder: Sendable {
  let path: FilePath
  let system: FileSystem

  /// The folder to make.
  public init(_ folder: URL) { self.init(folder, system: FileSystem()) }

  package init(_ folder: URL, system: FileSystem) {
    path = FilePath(folder)
    self.system = system
  }

  /// Lets `body` fill the empty folder it is given.
  ///
  /// - Parameter replacing: whether a folder that is there gives way at the end; otherwise it must be empty.
  /// - Throws: what `body` throws, or `FileError`: `.alreadyExists` when the place is taken, `.inUse` while another
  ///   writes the same folder.
  public func write(replacing: Bool = false, with body: (URL) throws -> Void) throws {
    try checkPlace(replacing)
    try removeLeftovers()
    let (temporary, lock) = try lockedFolder()
    do {
      try body(temporary.url(isFolder: true))
      try move(temporary, replacing: replacing)
    } catch {
      try? system.remove(temporary)
      throw error
    }
    withExtendedLifetime(lock) {}
  }

  /// Gives a folder that lies beside this one, and has been filled there, this one's place.
  ///
  /// - Throws: `FileError`; then both are as they were.
  package func place(_ draft: FilePath, replacing: Bool) throws {
    try removeLeftovers()
    try move(draft, replacing: replacing)
  }

  private func move(_ draft: FilePath, replacing: Bool) throws {
    try system.syncTree(draft)
    guard replacing, try system.status(path) != nil else {
      try checkPlace(false)
      try system.rename(draft, to: path)
      return try system.syncFolder(of: path)
    }
    try checkPlace(true)
    let former = try system.changePlaces(draft, with: path, orMoveTo: temporaryName())
    try system.syncFolder(of: path)
    // The new one stands; what is left of the old is a leftover like any other.
    try? system.remove(former)
  }

  /// Removes the folder with all it holds, so that at no moment a part of it is there under its name.
  ///
  /// - Throws: `FileError`.
  public func remove() throws {
    let temporary = temporaryName()
    try system.rename(path, to: temporary)
    try system.remove(temporary)
  }

  private func checkPlace(_ replacing: Bool) throws {
    guard let kind = try system.status(path)?.type else { return }
    guard kind == .directory else { throw FileError(.create, path, .alreadyExists) }
    guard try replacing || system.list(path).isEmpty else { throw FileError(.create, path, .alreadyExists) }
  }

  /// What the hidden names of this folder end in; of one length, however long the folder's name is.
  private var mark: String {
    let name = path.lastComponent?.string ?? ""
    return String(ContentDigest(of: Data(name.utf8)).description.prefix(16))
  }

  private func temporaryName() -> FilePath {
    path.removingLastComponent().appending(TemporaryName.make(extension: mark))
  }

  /// Makes the folder to fill. The lock tells others that its writer lives.
  private func lockedFolder() throws -> (FilePath, FileLock) {
    while true {
      let temporary = temporaryName()
      // One that takes it for a leftover in this moment has it.
      if let lock = try FileLock.claim(temporary, isFolder: true, system: system) { return (temporary, lock) }
    }
  }

  private func removeLeftovers() throws {
    let parent = path.removingLastComponent()
    for name in try system.list(parent.isEmpty ? "." : parent)
    where name.hasPrefix(TemporaryName.prefix) && name.hasSuffix("." + mark) {
      let leftover = parent.appending(name)
      guard let status = try system.status(leftover), status.type == .directory,
        TemporaryName.isDead(name, status)
      else { continue }
      do {
        guard let lock = try FileLock.takeIfFree(leftover, system: system) else {
          throw FileError(.write, path, .inUse)
        }
        try withExtendedLifetime(lock) { try system.remove(leftover) }
      } catch let error as FileError where error.reason == .notFound {
        continue
      }
    }
  }
}
