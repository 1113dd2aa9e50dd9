package import Foundation
package import SystemPackage

extension FileSystem {
  /// Hands on what remains to be read of an open file, up to a mebibyte at a time.
  package func forEachPiece(
    of descriptor: FileDescriptor, at path: FilePath, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = try attempt(.read, path) { try descriptor.read(into: buffer) }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
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

  /// Writes all these bytes at the descriptor's position.
  package func write(_ bytes: UnsafeRawBufferPointer, to descriptor: FileDescriptor, at path: FilePath)
    throws
  {
    _ = try attempt(.write, path) { try descriptor.writeAll(bytes) }
  }

  /// Makes a new file of these bytes and flushes it to disk.
  package func create(_ path: FilePath, _ bytes: Data) throws {
    let descriptor = try open(path, .writeOnly, options: [.create, .exclusiveCreate])
    defer { try? descriptor.close() }
    try bytes.withUnsafeBytes { try write($0, to: descriptor, at: path) }
    try sync(descriptor, at: path)
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

  /// Flushes every file and folder in a folder, and the folder itself.
  package func syncTree(_ path: FilePath) throws {
    guard let kind = try status(path)?.type else { return }
    if kind == .directory {
      for name in try list(path) { try syncTree(path.appending(name)) }
    }
    if kind == .directory || kind == .regular { try sync(path) }
  }
}
