#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A regular file mapped for reading. The mapping and the descriptor live as long as the object.
///
/// A file that is cut short by another process while it is mapped ends this one with a bus error, as with
/// every mapped file: replace weights by renaming a new file over them, as `Checkpoint.write` does.
///
/// Sendable: every property is constant and the mapped pages are never written.
package final class MappedFile: @unchecked Sendable {
  /// The path the file was opened by, for messages.
  package let path: String
  /// The file's length in bytes when it was opened.
  package let byteCount: Int
  /// A descriptor open for reading until the object is gone.
  package let fileDescriptor: Int32
  private let base: UnsafeMutableRawPointer?

  /// Opens and maps a file.
  package convenience init(path: String) throws(CheckpointError) {
    // Opening a pipe would wait for its other end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? absence(of: path) : CheckpointError(.unreadable, in: path, systemMessage())
    }
    try self.init(owning: descriptor, path: path)
  }

  /// Maps what a closure writes to a scratch file that has no name; `path` says in messages what it is.
  convenience init(
    scratch path: String,
    write: ((UnsafeRawBufferPointer) throws(CheckpointError) -> Void) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let descriptor = try scratchDescriptor(path: path)
    do throws(CheckpointError) {
      try write { bytes throws(CheckpointError) in try writeAll(bytes, to: descriptor, path: path) }
    } catch {
      close(descriptor)
      throw error
    }
    try self.init(owning: descriptor, path: path)
  }

  private init(owning descriptor: Int32, path: String) throws(CheckpointError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let message = systemMessage()
      close(descriptor)
      throw CheckpointError(.unreadable, in: path, message)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw CheckpointError(.unreadable, in: path, "is not a regular file")
    }
    let length = Int(status.st_size)
    var mapped: UnsafeMutableRawPointer?
    if length > 0 {
      mapped = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0)
      guard mapped != MAP_FAILED else {
        let message = systemMessage()
        close(descriptor)
        throw CheckpointError(.unreadable, in: path, "cannot be mapped: \(message)")
      }
    }
    self.path = path
    byteCount = length
    fileDescriptor = descriptor
    base = mapped
  }

  deinit {
    if let base { munmap(base, byteCount) }
    close(fileDescriptor)
  }

  /// Runs a closure on the whole file's bytes. The pointer is valid inside the closure only.
  package func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: byteCount))
  }
}

/// The system's words for the last error.
func systemMessage() -> String { String(cString: strerror(errno)) }

/// A descriptor of a new file that has no name any more, so that it goes when it is closed.
private func scratchDescriptor(path: String) throws(CheckpointError) -> Int32 {
  let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array("\(folder)/weights-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  guard descriptor >= 0 else {
    throw CheckpointError(.unreadable, in: path, "no scratch file in \(folder): \(systemMessage())")
  }
  unlink(&template)
  return descriptor
}

/// Writes every byte, however many calls that takes.
private func writeAll(
  _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
) throws(CheckpointError) {
  var rest = bytes
  while !rest.isEmpty {
    let written = write(descriptor, rest.baseAddress, rest.count)
    if written < 0 && errno == EINTR { continue }
    guard written > 0 else { throw CheckpointError(.unreadable, in: path, systemMessage()) }
    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
  }
}
