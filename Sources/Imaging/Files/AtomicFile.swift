import Foundation

/// Writes a file so that it appears whole or not at all: a temporary file beside the target, fsync, rename.
///
/// - Parameters:
///   - suffix: the temporary file's extension, by which libvips picks a saver.
///   - write: gets the temporary file's path.
/// - Throws: `ImagingError.unwritable` for the file system's faults, with the target's path; what `write` throws.
func writeAtomically(to path: String, suffix: String, _ write: (_ temporary: String) throws -> Void) throws {
  let target = URL(fileURLWithPath: path)
  var status = stat()
  if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
    throw ImagingError.unwritable(path: path, reason: "it is a folder")
  }
  let folder = target.deletingLastPathComponent().path
  guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
    throw ImagingError.unwritable(path: path, reason: "the folder \(folder) does not exist")
  }
  guard access(folder, W_OK) == 0 else { throw ImagingError.unwritable(path: path, reason: systemReason()) }
  let name =
    ".\(UUID().uuidString).\(suffix)"
  let temporary = folder + "/" + name
  do {
    try write(temporary)
    try synchronize(temporary, for: path)
    guard rename(temporary, path) == 0 else {
      throw ImagingError.unwritable(path: path, reason: systemReason())
    }
    // The rename itself lasts only once the folder is on disk.
    try synchronize(folder, for: path)
  } catch {
    unlink(temporary)
    throw error
  }
}

private func synchronize(_ file: String, for path: String) throws(ImagingError) {
  let descriptor = open(file, O_RDONLY)
  guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
}

/// Writes all bytes to a new file.
func writeFile(_ bytes: [UInt8], to path: String) throws(ImagingError) {
  do {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  } catch {
    throw .unwritable(path: path, reason: error.localizedDescription)
  }
}

func removeFile(_ path: String) { unlink(path) }
