import CVips
import Foundation
import Foundations

extension Image {
  /// Writes the picture; the format follows the name's extension unless given. The file appears whole or not at all.
  /// - Throws: `ImagingError` for a format or option that does not fit, or a file that cannot be written;
  ///   what decoding meets; `CancellationError`.
  public func write(
    to path: String, as format: ImageFormat? = nil, options: SaveOptions = SaveOptions(),
    monitor: EvaluationMonitor? = nil
  ) throws {
    let format = try format ?? ImageFormat(path: path)
    let arguments = try savingArguments(format, options)
    try writeAtomically(to: path, fileExtension: format.extensions[0]) { temporary in
      do {
        let encoded = rewritesPNG(format, options) ? temporary + ".png" : temporary
        defer { if encoded != temporary { unlink(encoded) } }
        let file: [String: VipsValue] = ["filename": .string(encoded)]
        _ = try Vips.call(
          format.saver, arguments.merging(file) { $1 }, permissions: [.files, .untrusted],
          monitor: monitor ?? EvaluationMonitor())
        if encoded != temporary { try PNGFile.insert(options.texts, from: encoded, to: temporary) }
      } catch ImagingError.operationFailed(_, let message) {
        if let full = FileError(fullDisk: message, writing: path) { throw full }
        throw ImagingError.unwritable(path: path, reason: message)
      } catch ImagingError.unwritable(_, let reason) {
        if let full = FileError(fullDisk: reason, writing: path) { throw full }
        throw ImagingError.unwritable(path: path, reason: reason)
      }
    }
  }

  /// The picture as a file's bytes.
  /// - Throws: as `write`; `ImagingError.invalid` for formats that libvips writes only to files.
  public func encoded(
    as format: ImageFormat, options: SaveOptions = SaveOptions(), monitor: EvaluationMonitor? = nil
  ) throws -> [UInt8] {
    guard format != .vips, format != .ppm else {
      throw ImagingError.invalid("\(format.rawValue) can be written only to a file")
    }
    let results = try Vips.call(
      format.saver + "_buffer", try savingArguments(format, options), permissions: [.files, .untrusted],
      monitor: monitor ?? EvaluationMonitor())
    guard let bytes = results["buffer"]?.bytes else {
      throw ImagingError.operationFailed(format.saver, message: "it gave no bytes")
    }
    return rewritesPNG(format, options) ? try PNGFile.inserting(options.texts, intoWritten: bytes) : bytes
  }

  /// Whether what libvips wrote needs another pass: for texts of ours, because libpng writes EXIF twice, and because
  /// libvips writes UTF-8 where PNG means Latin-1.
  private func rewritesPNG(_ format: ImageFormat, _ options: SaveOptions) -> Bool {
    guard format == .png else { return false }
    return !options.texts.isEmpty
      || !options.stripsMetadata
        && metadataNames.contains { ["exif-data", "xmp-data"].contains($0) || $0.hasPrefix("png-comment-") }
  }

  private func savingArguments(_ format: ImageFormat, _ options: SaveOptions) throws(ImagingError)
    -> [String: VipsValue]
  {
    try format.check(depth: self.format, hasAlpha: hasAlpha)
    var arguments = try options.arguments(for: format).merging(format.fixedArguments) { $1 }
    arguments["in"] = .image(self)
    return arguments
  }
}
