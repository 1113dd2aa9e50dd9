import Foundation
import Imaging

/// A picture as the encoders of measures are given it: 8 bits of red, green and blue.
///
/// It is read as the reference programs do by Pillow's `convert("RGB")`: colours as they are stored, whatever the opacity,
/// profile and orientation beside them.
package struct EvaluatedPicture: Sendable {
  /// Columns.
  package let width: Int
  /// Rows.
  package let height: Int
  /// Interleaved samples, `3 · width · height` of them.
  package let pixels: [UInt8]

  /// A picture of these samples.
  ///
  /// - Precondition: there are `3 · width · height` of them.
  package init(_ pixels: [UInt8], width: Int, height: Int) {
    precondition(
      pixels.count == 3 * width * height, "\(pixels.count) bytes are no \(width)×\(height) picture")
    (self.pixels, self.width, self.height) = (pixels, width, height)
  }

  /// Decodes an encoded picture.
  ///
  /// - Parameter name: stands for it in errors.
  /// - Throws: `ImagingError` for what is no picture, and for damaged ones.
  package init(decoding bytes: [UInt8], name: String) throws {
    let image = try Image.load(from: bytes, name: name).withoutAlpha().converted(to: .sRGB).rescaled(
      to: .uint8)
    self.init(try image.pixels(as: UInt8.self), width: image.width, height: image.height)
  }
}
