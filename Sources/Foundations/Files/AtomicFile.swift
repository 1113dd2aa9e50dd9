public import Foundation
import SystemPackage

/// A file that appears whole or not at all.
///
/// It is written under a hidden name in the same folder, flushed to disk and then renamed; until then a file that was
/// there before stays as it was. A symbolic link is followed, never replaced. Where writing fails, the hidden file is
/// removed; after a crash `TemporaryName.removeLeftovers(in:olderThan:)` finds it.
public struct AtomicFile: Sendable {
  let path: FilePath
  let system: FileSystem

  /// The file to write.
  public init(_ file: URL) { self.init(file, system: FileSystem()) }

  package init(_ file: URL, system: FileSystem) {
    path = FilePath(file)
    self.system = system
  }

  /// Writes these bytes.
  ///
  /// - Throws: `FileError`.
  public func write(_ bytes: Data) throws {
    try replace { try system.create($0, bytes) }
  }

  /// Copies a file's bytes.
  ///
  /// - Parameter checkCancellation: called between pieces; what it throws ends the copying.
  /// - Throws: `FileError`.
  public func copy(
    _ source: URL, checkCancellation: () throws -> Void = { try Task.checkCancellation() }
  ) throws {
    try replace { try system.copy(FilePath(source), to: $0, checkCancellation: checkCancellation) }
  }

  /// Lets a library write the file at the URL it is given: the hidden name, with the extension of the real one.
  ///
  /// - Parameter fileExtension: another extension for the hidden name, where the library goes by it.
  /// - Throws: what `body` throws, or `FileError`.
  public func write(fileExtension: String? = nil, with body: (URL) throws -> Void) throws {
    try replace(fileExtension: fileExtension) { temporary in
      // Made first: why it cannot be is told better here than by a library.
      try system.open(temporary, .writeOnly, options: [.create, .exclusiveCreate]).close()
      try body(temporary.url())
      try system.sync(temporary)
    }
  }

  private func replace(fileExtension: String? = nil, _ make: (FilePath) throws -> Void) throws {
    let target = try destination()
    let folder = target.removingLastComponent()
    let temporary = folder.appending(TemporaryName.make(extension: fileExtension ?? target.extension))
    do {
      try make(temporary)
      try system.rename(temporary, to: target)
    } catch {
      try? system.remove(temporary)
      // The hidden name says nothing to whoever named the file.
      if let error = error as? FileError, error.path == temporary.string {
        throw FileError(error.operation, path, error.reason == .notFound ? .noFolder : error.reason)
      }
      throw error
    }
    try system.sync(folder.isEmpty ? "." : folder)
  }

  /// Where the bytes really go. Refuses what a rename would destroy: a folder, a device, a pipe.
  private func destination() throws -> FilePath {
    guard let status = try system.status(path) else { return path }
    var target = path
    if status.type == .symbolicLink {
      target = try system.attempt(.write, path) { try SystemCall.realPath(path) }
    }
    switch try system.status(target)?.type {
    case .regular, nil: return target
    case .directory: throw FileError(.write, path, .isFolder)
    default: throw FileError(.write, path, .isNotRegularFile)
    }
  }
}
