package import Foundation

/// A model's folder on a server that serves files and lists nothing.
///
/// What is there is found by asking: `model_index.json` names the components; of each, the configuration files and
/// weights of the usual names are asked for with HEAD, and an index of shards names those.
package struct PlainFolder: Sendable, Hashable {
  /// The folder: `https://example.org/models/paint-by-example`.
  package var url: URL

  /// A folder.
  package init(url: URL) { self.url = url }

  /// What a folder in diffusers' layout is known by.
  package static let index = PipelineIndex.name
  private static let settings = [
    "config.json", "scheduler_config.json", "preprocessor_config.json", "tokenizer_config.json",
    "special_tokens_map.json", "vocab.json", "merges.txt", "tokenizer.json", "added_tokens.json",
  ]

  /// Whether the URL is such a folder: there is a `model_index.json` in it, or the file that it is known by.
  package func isModel(_ client: HubClient, file: String = Self.index) async throws -> Bool {
    do {
      return try await client.head(url.appending(path: file)) != nil
    } catch HubError.refused(_, status: 400..<500) {
      return false
    }
  }

  /// The files of these components, with the sizes that the server says. Checksums it does not.
  func files(_ client: HubClient, components: [String], variant: String?) async throws -> Listing {
    var files: [RemoteFile] = []
    func find(_ path: String) async throws -> Bool {
      guard let file = try await file(path, client) else { return false }
      files.append(file)
      return true
    }
    _ = try await find(PipelineIndex.name)
    for component in components {
      for name in Self.settings { _ = try await find("\(component)/\(name)") }
      for name in WeightFileName.candidates(variant: variant) where try await find("\(component)/\(name)") {
        if name.hasSuffix(".json") {
          for shard in try await shards(files.last!.url, client) {
            _ = try await find("\(component)/\(shard)")
          }
        }
        break
      }
    }
    return try Listing(files)
  }

  /// Those of the paths that are there.
  func files(_ client: HubClient, named paths: [String]) async throws -> Listing {
    var files: [RemoteFile] = []
    for path in paths { try await file(path, client).map { files.append($0) } }
    return try Listing(files)
  }

  private func file(_ path: String, _ client: HubClient) async throws -> RemoteFile? {
    let path = try RepositoryPath(path)
    let url = path.components.reduce(url) { $0.appending(component: $1) }
    guard let head = try await client.head(url) else { return nil }
    return RemoteFile(path: path, url: url, size: head.contentLength, checksum: nil)
  }

  private func shards(_ index: URL, _ client: HubClient) async throws -> [String] {
    struct Index: Decodable {
      var weight_map: [String: String]
    }
    let body = try await client.small(index, limit: 64 << 20).body
    guard let map = try? JSONDecoder().decode(Index.self, from: body).weight_map else {
      throw HubError.malformedAnswer(index, "not an index of shards")
    }
    return Set(map.values).sorted()
  }
}
