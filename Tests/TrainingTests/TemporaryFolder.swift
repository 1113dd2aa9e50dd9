import Foundation
import Imaging

/// A folder that goes with the object.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "pairs-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appending(path: name) }

  @discardableResult
  func write(_ text: String, to name: String) throws -> URL {
    try Data(text.utf8).write(to: file(name))
    return file(name)
  }

  /// A picture without two equal neighbours.
  func picture(_ name: String, width: Int, height: Int, salt: Int = 0) throws {
    let values = (0..<width * height * 3).map {
      UInt8(($0 / 3 % width * 7 + $0 / 3 / width * 5 + $0 + salt) % 251)
    }
    try Image(pixels: values, width: width, height: height, bands: 3).write(to: file(name).path, as: .png)
  }
}
