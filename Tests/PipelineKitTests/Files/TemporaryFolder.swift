import Foundation

/// A folder of a test's own, gone with this object.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(
      path: "pipeline-test-\(UUID())", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A path within the folder.
  subscript(_ name: String) -> URL { url.appending(path: name, directoryHint: .notDirectory) }

  /// The names in the folder, hidden ones too, sorted.
  var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: url.path(percentEncoded: false)).sorted()
    }
  }
}

extension URL {
  var systemPath: String { path(percentEncoded: false) }

  /// Changes one bit of the byte at an offset; negative offsets count from the end.
  func flipBit(at offset: Int) throws {
    var bytes = try Data(contentsOf: self)
    bytes[offset < 0 ? bytes.count + offset : offset] ^= 1
    try bytes.write(to: self)
  }
}
