import Foundation

/// A PNG whose structure was walked from end to end: every checksum, the whole compressed picture, the end mark. Only
/// chunks that readers can do without may be damaged.
///
/// libvips 8.14 lets a wrong Adler-32, a missing end mark and a cut end mark pass; this does not. The walk inflates
/// the picture data with a bounded buffer and keeps no pixels.
/// Source: Portable Network Graphics (PNG) Specification, second edition, chapters 5, 10 and 11.
package struct PNGFile: Sendable, Hashable {
  /// Size, depth and colour type.
  package let header: PNGHeader
  /// The texts, in file order.
  package let texts: [PNGText]
  /// What is wrong with parts that readers can do without, and so skip.
  package let skipped: [String]
  /// The ICC profile, as it is stored.
  package let profile: [UInt8]?
  /// Whether it says that it is animated; the picture is then what readers of still pictures show.
  package let isAnimated: Bool
  /// Bytes after the end mark, which readers ignore.
  package let trailingByteCount: Int

  /// Walks a file.
  /// - Parameter pixelLimit: the most pixels the header may announce; checked before anything is inflated.
  /// - Throws: `ImagingError` saying what is wrong and where; `CancellationError`.
  package init(path: String, pixelLimit: Int = .max, monitor: EvaluationMonitor? = nil) throws {
    try self.init(ByteStream(path: path), name: path, pixelLimit: pixelLimit, monitor: monitor)
  }

  /// Walks bytes; `name` stands for them in error messages.
  /// - Throws: as for files.
  package init(
    bytes: [UInt8], name: String = "PNG", pixelLimit: Int = .max, monitor: EvaluationMonitor? = nil
  ) throws {
    try self.init(ByteStream(bytes: bytes), name: name, pixelLimit: pixelLimit, monitor: monitor)
  }

  init(_ source: EncodedPicture, pixelLimit: Int, monitor: EvaluationMonitor?) throws {
    switch source {
    case .file(let path): try self.init(path: path, pixelLimit: pixelLimit, monitor: monitor)
    case .bytes(let bytes, let name):
      try self.init(bytes: bytes, name: name, pixelLimit: pixelLimit, monitor: monitor)
    }
  }

  /// The text under a keyword; the last one when there are several.
  package func text(_ keyword: String) -> String? { texts.last { $0.keyword == keyword }?.text }

  private init(_ stream: ByteStream, name: String, pixelLimit: Int, monitor: EvaluationMonitor?) throws {
    do {
      var walk = try PNGWalk(stream)
      let header = walk.header
      guard header.width <= pixelLimit / header.height else {
        throw ImagingError.tooLarge(path: name, width: header.width, height: header.height, limit: pixelLimit)
      }
      while try walk.advance() {
        if monitor?.isCancelled == true || Task.isCancelled { throw CancellationError() }
      }
      self.header = header
      texts = walk.texts
      skipped = walk.skipped
      profile = walk.profile
      isAnimated = walk.isAnimated
      trailingByteCount = try walk.countTrailingBytes()
    } catch let fault as PNGFault {
      throw fault.located(at: name)
    }
  }

  /// Whether bytes begin like a PNG.
  package static func isPNG(_ bytes: some Sequence<UInt8>) -> Bool {
    Array(bytes.prefix(8)) == signature
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
}
