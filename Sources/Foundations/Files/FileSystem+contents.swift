package import Foundation
package import SystemPackage

extension Data {
  /// An ordinary file's bytes. Foundation's own reader would wait without end at a pipe that nobody writes to.
  ///
  /// - Throws: `FileError` for what is missing or no ordinary file; what Foundation's reader throws.
  package init(ofFile file: URL, options: ReadingOptions = []) throws {
    let path = FilePath(file)
    let system = FileSystem()
    let descriptor = try system.open(path, .readOnly)
    defer { try? descriptor.close() }
    self =
      try options.isEmpty
      ? system.contents(of: descriptor, at: path) : Data(contentsOf: file, options: options)
  }
}

extension FileSystem {
  /// Hands on what remains to be read of an open file, up to a mebibyte at a time and `limit` bytes in all.
  package func forEachPiece(
    of descriptor: FileDescriptor, at path: FilePath, limit: Int = .max,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var rest = limit
    while rest > 0 {
      let space = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(rest))
      let count = try attempt(.read, path) { try descriptor.read(into: space) }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: space[..<count]))
      rest -= count
    }
  }

  /// Hands on a file's bytes, up to a mebibyte at a time.
  package func forEachPiece(of path: FilePath, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let descriptor = try open(path, .readOnly)
    defer { try? descriptor.close() }
    try forEachPiece(of: descriptor, at: path, body)
  }

  /// All that remains to be read of an open file.
  package func contents(of descriptor: FileDescriptor, at path: FilePath) throws -> Data {
    var data = Data()
    try forEachPiece(of: descriptor, at: path) { data.append(contentsOf: $0) }
    return data
  }

  /// A file's bytes, or nil when there is no such file.
  package func contents(of path: FilePath) throws -> Data? {
    do {
      let descriptor = try open(path, .readOnly)
      defer { try? descriptor.close() }
      return try contents(of: descriptor, at: path)
    } catch let error as FileError where error.reason == .notFound {
      return nil
    }
  }

  /// A file's bytes.
  package func contents(of file: URL) throws -> Data {
    let path = FilePath(file)
    guard let data = try contents(of: path) else { throw FileError(.open, path, .notFound) }
    return data
  }

  /// Writes all these bytes at the descriptor's position.
  package func write(_ bytes: UnsafeRawBufferPointer, to descriptor: FileDescriptor, at path: FilePath)
    throws
  {
    _ = try attempt(.write, path) { try descriptor.writeAll(bytes) }
  }

  /// Cuts an open file to so many bytes, and stands at its end.
  package func truncate(_ descriptor: FileDescriptor, to size: Int, at path: FilePath) throws {
    try attempt(.write, path) {
      try descriptor.resize(to: Int64(size))
      try descriptor.seek(offset: Int64(size), from: .start)
    }
  }

  /// Makes a new file of these bytes.
  package func create(_ path: FilePath, _ bytes: Data) throws {
    let descriptor = try open(path, .writeOnly, options: [.create, .exclusiveCreate])
    defer { try? descriptor.close() }
    try bytes.withUnsafeBytes { try write($0, to: descriptor, at: path) }
  }

  /// Makes a new file with another's bytes and flushes it to disk.
  package func copy(_ source: FilePath, to path: FilePath, checkCancellation: () throws -> Void) throws {
    let input = try open(source, .readOnly)
    defer { try? input.close() }
    let output = try open(path, .writeOnly, options: [.create, .exclusiveCreate])
    defer { try? output.close() }
    try forEachPiece(of: input, at: source) { piece in
      try checkCancellation()
      try write(piece, to: output, at: path)
    }
    try sync(output, at: path)
  }

  /// Waits until an open file or folder is on its disk.
  package func sync(_ descriptor: FileDescriptor, at path: FilePath) throws {
    try attempt(.sync, path) { try SystemCall.sync(descriptor) }
  }

  /// Waits until a file's bytes, or a folder's list of names, are on their disk.
  package func sync(_ path: FilePath) throws {
    let descriptor = try open(path, .readOnly)
    defer { try? descriptor.close() }
    try sync(descriptor, at: path)
  }

  /// Waits until the name of a file or folder is on its disk.
  package func syncFolder(of path: FilePath) throws {
    let folder = path.removingLastComponent()
    try sync(folder.isEmpty ? "." : folder)
  }

  /// Flushes every file and folder in a folder, and the folder itself.
  package func syncTree(_ path: FilePath) throws {
    guard let kind = try status(path)?.type else { return }
    if kind == .directory {
      for name in try list(path) { try syncTree(path.appending(name)) }
    }
    if kind == .directory || kind == .regular { try sync(path) }
  }
}
