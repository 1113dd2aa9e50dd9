import CPNG
import Foundation

extension Image {
  /// A one-band 8-bit picture as a PNG of one bit a pixel: 128 and more become white.
  /// - Parameter compression: 0 (fast) to 9 (small).
  /// - Throws: `ImagingError.invalid` for other pictures; libpng's own faults; `CancellationError`.
  public func encodedAsBitmap(compression: Int = 6, monitor: EvaluationMonitor? = nil) throws -> [UInt8] {
    guard bands == 1, format == .uint8 else {
      throw ImagingError.invalid("a 1-bit PNG is written from one band of uint8, not \(self)")
    }
    guard (0...9).contains(compression) else {
      throw ImagingError.outOfRange(
        operation: "1-bit PNG", argument: "compression", expected: "0 to 9", given: "\(compression)")
    }
    return try withPixels(as: UInt8.self, monitor: monitor) { samples in
      var output = cpng_output()
      defer { free(output.bytes) }
      let status = cpng_write_mask(
        samples.baseAddress, UInt32(width), UInt32(height), Int32(compression), &output)
      guard status == 0 else {
        let message = withUnsafeBytes(of: output.message) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        throw ImagingError.operationFailed("libpng", message: message)
      }
      return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
  }
}
