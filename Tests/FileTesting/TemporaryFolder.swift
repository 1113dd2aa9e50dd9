public import Foundation

/// A folder of a test's own, gone with this object.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let url: URL

  /// Makes an empty one.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(
      path: "pipeline-test-\(UUID())", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A path within the folder.
  public subscript(_ name: String) -> URL { url.appending(path: name, directoryHint: .notDirectory) }

  /// The names in the folder, hidden ones too, sorted.
  public var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: url.path(percentEncoded: false)).sorted()
    }
  }
}

extension URL {
  /// The path as the system takes it.
  public var systemPath: String { path(percentEncoded: false) }

  /// Changes one bit of the byte at an offset; negative offsets count from the end.
  public func flipBit(at offset: Int) throws {
    var bytes = try Data(contentsOf: self)
    bytes[offset < 0 ? bytes.count + offset : offset] ^= 1
    try bytes.write(to: self)
  }
}
