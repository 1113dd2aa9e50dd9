/// A gzip file, as compressed SVGs are.
enum GzipFile {
  static let signature: [UInt8] = [0x1f, 0x8b]
  /// The most that a drawing's text may inflate to, in bytes.
  private static let limit = 256 << 20

  /// Why it cannot be read.
  struct Fault: Error {
    let reason: String
  }

  /// Inflates all of it and keeps nothing.
  static func check(_ stream: ByteStream) throws {
    let inflater = try Inflater(.gzip)
    do throws(PNGFault) {
      while true {
        let piece = try stream.next(1 << 16)
        if piece.isEmpty { break }
        guard !inflater.isFinished else { throw .damaged("bytes follow its compressed data") }
        try inflater.feed(piece, limit: limit) { _ in }
      }
      guard inflater.isFinished else { throw .damaged("its compressed data end early") }
      guard inflater.unusedCount == 0 else { throw .damaged("bytes follow its compressed data") }
    } catch {
      switch error {
      case .damaged(let reason), .truncated(let reason): throw Fault(reason: reason)
      }
    }
  }
}
