import CJPEG
import Foundation

/// A JPEG that its decoder has read from end to end.
///
/// libvips stops at what the decoder warned of before a strip of rows, so what is wrong in the last one passes. Here all
/// data are decoded, at an eighth of the size, and the end is looked at too. No pixels are kept.
struct JPEGFile {
  /// How often the decoder warned: it goes on after a warning, with guessed pixels.
  let warningCount: Int
  /// What is wrong; nil when nothing is.
  let fault: ImagingError?

  static func isJPEG(_ bytes: some Sequence<UInt8>) -> Bool { Array(bytes.prefix(3)) == [0xff, 0xd8, 0xff] }

  /// - Throws: `ImagingError.unreadable`; `CancellationError`.
  init(_ source: EncodedPicture, monitor: EvaluationMonitor?) throws {
    var report = cjpeg_report()
    let status: Int32
    switch source {
    case .bytes(let bytes, _): status = Self.check(nil, bytes, &report, monitor)
    case .file(let path):
      guard let file = fopen(path, "rb") else {
        throw ImagingError.unreadable(path: path, reason: systemReason())
      }
      defer { fclose(file) }
      status = Self.check(file, [], &report, monitor)
    }
    guard report.is_cancelled == 0 else { throw CancellationError() }
    warningCount = report.warnings
    guard status != 0 || report.warnings > 0 else {
      fault = nil
      return
    }
    let message = withUnsafeBytes(of: report.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    fault =
      report.is_truncated != 0
      ? .truncated(path: source.name, detail: message) : .corrupt(path: source.name, detail: message)
  }

  private static func check(
    _ file: UnsafeMutablePointer<FILE>?, _ bytes: [UInt8], _ report: inout cjpeg_report,
    _ monitor: EvaluationMonitor?
  ) -> Int32 {
    let monitor = monitor ?? EvaluationMonitor()
    return withExtendedLifetime(monitor) {
      report.context = Unmanaged.passUnretained(monitor).toOpaque()
      report.cancelled = { context in
        guard let context else { return 0 }
        if Task.isCancelled { return 1 }
        return Unmanaged<EvaluationMonitor>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
      }
      return cjpeg_check(file, bytes, UInt(bytes.count), &report)
    }
  }
}
