import Foundation

/// Bytes in order, from memory or from a file, with bounded buffering.
final class ByteStream {
  private let bytes: [UInt8]
  private var position = 0
  private let file: FileHandle?

  init(bytes: [UInt8]) {
    self.bytes = bytes
    file = nil
  }

  init(path: String) throws(ImagingError) {
    // A pipe would be waited for without end.
    try Image.checkIsReadableFile(path)
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw .unreadable(path: path, reason: systemReason())
    }
    bytes = []
    self.file = file
  }

  /// Up to `count` bytes; fewer only at the end.
  func next(_ count: Int) throws(PNGFault) -> [UInt8] {
    guard let file else {
      let end = min(position + count, bytes.count)
      defer { position = end }
      return Array(bytes[position..<end])
    }
    do {
      return try file.read(upToCount: count).map(Array.init) ?? []
    } catch {
      throw .truncated("it cannot be read on: \(error.localizedDescription)")
    }
  }

  /// Exactly `count` bytes of `what`.
  func take(_ count: Int, of what: @autoclosure () -> String) throws(PNGFault) -> [UInt8] {
    let taken = try next(count)
    guard taken.count == count else { throw .truncated("the file ends inside \(what())") }
    return taken
  }
}

/// The operating system's words for why the last call failed.
func systemReason() -> String { String(cString: strerror(errno)) }
