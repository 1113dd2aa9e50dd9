public import Foundation
public import PipelineKit

/// A folder of training pairs in shards.
struct ShardsReference: ParameterValue, Hashable {
  /// As its author wrote it.
  let name: String
  private let location: URL?

  static func kind(_ bounds: Bounds) -> ParameterKind { .resource(StandardResource.shards, words: nil) }

  init?(setting: Setting) {
    guard case .resource(let resource) = setting else { return nil }
    (name, location) = (resource.name, resource.location)
  }

  var json: JSONValue { .string(name) }

  /// The folder.
  var folder: URL {
    get throws {
      guard let location else { throw InternalFault("the shards '\(name)' were not looked for") }
      return location
    }
  }
}

/// Finds folders of shards. A folder counts by the content of its shards.
public struct ShardFinder: ResourceFinder {
  private let digests: DigestMemory

  /// A finder.
  ///
  /// - Parameter memory: a file that remembers digests of large files; nil takes them anew each time.
  public init(memory: URL?) { self.init(digests: DigestMemory(memory)) }

  /// A finder that shares digests with others.
  package init(digests: DigestMemory) { self.digests = digests }

  /// The folder at a path.
  public func find(_ name: String, file: () throws -> URL) throws -> Resource {
    let folder = try file()
    let path = folder.path(percentEncoded: false)
    let found = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let shards = found.filter { $0.hasSuffix(".tar") && !$0.hasPrefix(".") }.sorted()
    guard !shards.isEmpty else {
      throw MissingDependency(
        "'\(name)' is no folder of training pairs: it holds no shards (*.tar)",
        remedy: "make some with: pipeline-run pairs")
    }
    var identity: [String: JSONValue] = [:]
    for shard in shards {
      let file = URL(filePath: path, directoryHint: .isDirectory).appending(path: shard)
      identity[shard] = .string(try digests.digest(of: file).description)
    }
    digests.save()
    let digest = ContentDigest(of: JSONWriter.canonical(.object(identity)))
    return Resource(
      name: name, location: URL(filePath: path, directoryHint: .isDirectory),
      identity: ["shards": .string(digest.description)])
  }
}
