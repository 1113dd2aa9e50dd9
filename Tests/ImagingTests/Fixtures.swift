import Foundation
import Imaging

/// A folder for one test, gone afterwards.
final class ScratchFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "imaging-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}

enum Fixture {
  /// Values that differ everywhere and use the whole range.
  static func samples<Sample: FixedWidthInteger>(_ count: Int, as type: Sample.Type) -> [Sample] {
    (0..<count).map { Sample(truncatingIfNeeded: UInt64($0) &* 0x9e37_79b9_7f4a_7c15 >> 40) }
  }

  /// An 8-bit RGB picture, not square.
  static func rgb(width: Int = 37, height: Int = 23) throws -> Image {
    try Image(pixels: samples(width * height * 3, as: UInt8.self), width: width, height: height, bands: 3)
  }

  static func png(width: Int = 37, height: Int = 23) throws -> [UInt8] {
    try rgb(width: width, height: height).encoded(as: .png)
  }
}
