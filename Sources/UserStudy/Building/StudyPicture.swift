import Foundation
import Imaging

/// A picture as the page holds it: in sRGB, no larger than needed, and written anew, so that nothing in it tells how it
/// was made.
enum StudyPicture {
  /// A file's picture as a data URI.
  ///
  /// - Parameters:
  ///   - side: its longest side in pixels; smaller pictures stay as they are.
  ///   - damage: by how much detail is taken away: each pixel becomes one of a square of that side; 1 takes none.
  /// - Throws: ``StudyFault`` where it cannot be read.
  static func uri(_ file: URL, side: Int, damage: Int = 1) throws -> String {
    do {
      var picture = try Image.load(from: file.path(percentEncoded: false)).autorotated().convertedToSRGB()
        .flattened(over: [128, 128, 128]).rescaled(to: .uint8)
      let scale = min(1, Double(side) / Double(max(picture.width, picture.height)))
      let (width, height) = (size(picture.width, scale), size(picture.height, scale))
      if damage > 1 {
        picture = try picture.resized(
          width: size(width, 1 / Double(damage)), height: size(height, 1 / Double(damage)), kernel: .cubic)
      }
      picture = try picture.resized(width: width, height: height, kernel: .cubic)
      let bytes = try picture.encoded(
        as: .jpeg, options: SaveOptions(quality: 92, stripsMetadata: true))
      return "data:image/jpeg;base64," + Data(bytes).base64EncodedString()
    } catch {
      throw StudyFault("the picture \(file.path(percentEncoded: false)) cannot be shown: \(error)")
    }
  }

  private static func size(_ length: Int, _ scale: Double) -> Int {
    max(1, Int((Double(length) * scale).rounded()))
  }
}
