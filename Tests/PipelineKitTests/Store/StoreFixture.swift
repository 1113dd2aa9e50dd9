import FileTesting
import Foundations
import Foundation

@testable import PipelineKit

/// A store in a folder of a test's own.
struct StoreFixture {
  let folder: TemporaryFolder
  let store: Store

  init(limit: Int64 = 1 << 30, system: FileSystem = FileSystem()) throws {
    folder = try TemporaryFolder()
    store = try Store(at: folder.url, limit: limit, system: system)
  }

  /// The same folder, opened as another process would.
  func reopened(limit: Int64 = 1 << 30) throws -> Store { try Store(at: folder.url, limit: limit) }

  /// Files within an entry, by their path from its folder.
  func path(of key: ContentDigest, _ name: String) -> URL {
    folder["entries/\(key.description.prefix(2))/\(key)/\(name)"]
  }

  var temporaries: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder["temporary"].systemPath) }
  }
}

extension Store {
  /// Stores one file `values.bin` of these bytes, and one in a subfolder.
  @discardableResult
  func insert(_ key: ContentDigest, bytes: Data, metadata: String = "{}") throws -> StoreEntry {
    try insert(key, metadata: Data(metadata.utf8)) { folder in
      try bytes.write(to: folder.appending(path: "values.bin"))
      let extra = folder.appending(path: "extra", directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: extra, withIntermediateDirectories: false)
      try Data("shape".utf8).write(to: extra.appending(path: "shape.txt"))
    }
  }

  /// The bytes of `values.bin`, or nil when there is no entry or a damaged one.
  func values(_ key: ContentDigest) throws -> Data? {
    guard case .present(let entry) = try open(key) else { return nil }
    return try entry.withFolder { try Data(contentsOf: $0.appending(path: "values.bin")) }
  }
}

/// A key of no meaning.
func key(_ name: String) -> ContentDigest { ContentDigest(of: Data(name.utf8)) }
