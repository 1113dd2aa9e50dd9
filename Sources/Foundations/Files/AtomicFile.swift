public import Foundation
import SystemPackage

/// A file that appears whole or not at all.
///
/// It is written under a hidden name in the same folder, flushed to disk and then renamed; until then a file that was
/// there before stays as it was. A symbolic link is followed, never replaced. Where writing fails, the hidden file is
/// removed; what a writer that died left, `TemporaryName.removeLeftovers(in:)` finds.
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
    let draft = try draft()
    try draft.write(bytes)
    try draft.commit()
  }

  /// Copies a file's bytes.
  ///
  /// - Parameter checkCancellation: called between pieces; what it throws ends the copying.
  /// - Throws: `FileError`.
  public func copy(
    _ source: URL, checkCancellation: () throws -> Void = { try Task.checkCancellation() }
  ) throws {
    let source = FilePath(source)
    let draft = try draft()
    let input = try system.open(source, .readOnly)
    defer { try? input.close() }
    try system.forEachPiece(of: input, at: source) { piece in
      try checkCancellation()
      try draft.write(piece)
    }
    try draft.commit()
  }

  /// Lets a library write the file at the URL it is given: the hidden name, with the extension of the real one.
  ///
  /// The file is there, empty: why it cannot be made is said better here than by a library.
  /// - Parameter fileExtension: another extension for the hidden name, where the library goes by it.
  /// - Throws: what `body` throws, or `FileError`.
  public func write(fileExtension: String? = nil, with body: (URL) throws -> Void) throws {
    let draft = try FileDraft(self, fileExtension: fileExtension)
    try body(draft.temporary.url())
    try draft.commit()
  }

  /// Begins a file that is written piece by piece.
  ///
  /// - Throws: `FileError`.
  package func draft() throws -> FileDraft { try FileDraft(self, fileExtension: nil) }

  /// Where the bytes really go. Refuses what a rename would destroy: a folder, a device, a pipe.
  func destination() throws -> FilePath {
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
