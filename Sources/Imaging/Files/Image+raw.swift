import CVips
import Foundation
import Foundations

extension Image {
  /// Opens a file in libvips' own format, which this program wrote itself: pixels are mapped from the file, not read.
  /// Unlike `load`, which refuses the format because a stranger's file could be crafted.
  /// - Throws: `ImagingError.truncated`, `ImagingError.corrupt` or `ImagingError.unreadable`.
  public static func openRaw(_ path: String) throws(ImagingError) -> Image {
    try checkIsReadableFile(path)
    let opened: Image
    do {
      opened = try open("vipsload", ["filename": .string(path)], permissions: [.files, .untrusted])
    } catch {
      throw error.located(at: path, loader: "vipsload")
    }
    return Image(retaining: opened.pointer, sources: [path])
  }

  /// Opens such a file and removes its name, so that it lasts as long as the picture.
  ///
  /// A file that is shorter than its header says is refused: where it is mapped, the missing part would crash.
  /// - Throws: as `openRaw`.
  public static func takeRaw(_ path: String) throws(ImagingError) -> Image {
    let image = try openRaw(path)
    var status = stat()
    guard stat(path, &status) == 0, Int(status.st_size) >= rawHeaderBytes + image.byteCount else {
      throw .truncated(path: path, detail: "the header announces \(image.byteCount) bytes of pixels")
    }
    unlink(path)
    return Image(retaining: image.pointer)
  }

  /// Writes a file for `openRaw` that this process will remove: it is not flushed to disk, and what is there when
  /// writing fails is half of it.
  /// - Throws: `ImagingError.unwritable`; what computing meets; `CancellationError`.
  public func writeRaw(to path: String, monitor: EvaluationMonitor? = nil) throws {
    do {
      _ = try Vips.call(
        "vipssave", ["in": .image(self), "filename": .string(path)], permissions: [.files, .untrusted],
        monitor: monitor ?? EvaluationMonitor())
    } catch ImagingError.operationFailed(_, let message) {
      throw FileError(fullDisk: message, writing: path) as (any Error)?
        ?? ImagingError.unwritable(path: path, reason: message)
    }
  }

  private static let rawHeaderBytes = 64
}
