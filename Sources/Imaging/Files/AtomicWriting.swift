import Foundations
import Foundation

/// Writes a picture's file, which appears whole or not at all.
///
/// - Parameters:
///   - fileExtension: of the file that is written, by which libvips knows some formats.
///   - write: gets the path of the file that takes the target's place afterwards.
/// - Throws: `ImagingError.unwritable` for the file system's faults, with the target's path; `FileError` for those that pass,
///   as a full disk; what `write` throws.
func writeAtomically(
  to path: String, fileExtension: String, _ write: (_ temporary: String) throws -> Void
) throws {
  do {
    try AtomicFile(URL(filePath: path)).write(fileExtension: fileExtension) {
      try write($0.path(percentEncoded: false))
    }
  } catch let error as FileError where !error.reason.isPassing {
    throw ImagingError.unwritable(path: path, reason: error.reason.description)
  }
}
