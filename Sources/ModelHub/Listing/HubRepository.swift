package import Foundation

/// A model's repository on a hub that speaks Hugging Face's protocol.
///
/// The listing is `{base}/api/models/{repository}/tree/{revision}?recursive=true`, in pages chained by `Link`; a file
/// is `{base}/{repository}/resolve/{revision}/{path}`.
package struct HubRepository: Sendable, Hashable {
  /// The hub: `https://huggingface.co`.
  package var base: URL
  /// Whose and which: `OWNER/NAME`.
  package var name: String
  /// A branch, a tag or a commit.
  package var revision: String

  /// A repository.
  package init(base: URL = HubRepository.publicHub, name: String, revision: String = "main") {
    self.base = base
    self.name = name
    self.revision = revision
  }

  /// The public hub.
  package static let publicHub = URL(string: "https://huggingface.co")!

  /// Whether a text is `OWNER/NAME`, in the letters hubs allow.
  package static func isName(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 96
          && part.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0))
          }
      }
  }

  /// All files, with sizes and checksums.
  package func files(_ client: HubClient) async throws -> Listing {
    var files: [RemoteFile] = []
    var page = base.appending(path: "api/models/\(name)/tree").appending(component: revision)
      .appending(queryItems: [URLQueryItem(name: "recursive", value: "true")])
    for _ in 0..<Self.pageLimit {
      let (head, body) = try await client.small(page, limit: 16 << 20)
      let entries: [Entry]
      do {
        entries = try JSONDecoder().decode([Entry].self, from: body)
      } catch {
        throw HubError.malformedAnswer(page, "the listing is not the JSON that was expected")
      }
      for entry in entries where entry.type == "file" { files.append(try entry.file(of: self, page)) }
      guard let next = head["Link"].flatMap(Self.next) else { return try Listing(files) }
      guard let url = URL(string: next, relativeTo: page)?.absoluteURL, url.origin == page.origin else {
        throw HubError.malformedAnswer(page, "the listing goes on at \(next), on another server")
      }
      page = url
    }
    throw HubError.malformedAnswer(page, "the listing has no end")
  }

  private static let pageLimit = 200

  /// The target of `<URL>; rel="next"`.
  static func next(_ link: String) -> String? {
    for part in link.components(separatedBy: ",") where part.contains("rel=\"next\"") {
      guard let start = part.firstIndex(of: "<"), let end = part.firstIndex(of: ">"), start < end else {
        continue
      }
      return String(part[part.index(after: start)..<end])
    }
    return nil
  }

  private struct Entry: Decodable {
    struct LargeFile: Decodable {
      var oid: String
      var size: Int
    }
    var type: String
    var path: String
    var size: Int?
    var oid: String?
    var lfs: LargeFile?

    /// Large files are known by SHA-256, others by the name git gives them.
    func file(of repository: HubRepository, _ page: URL) throws -> RemoteFile {
      let path = try RepositoryPath(path)
      let size = lfs?.size ?? size
      let checksum = (lfs?.oid ?? oid).flatMap(Checksum.init(hexadecimal:))
      guard let size, size >= 0, let checksum else {
        throw HubError.malformedAnswer(page, "no usable size and checksum for \(path)")
      }
      var url = repository.base.appending(path: "\(repository.name)/resolve").appending(
        component: repository.revision)
      for component in path.components { url.append(component: component) }
      return RemoteFile(path: path, url: url, size: size, checksum: checksum)
    }
  }
}

extension URL {
  /// Scheme, host and port: what makes two addresses those of one server (RFC 6454).
  fileprivate var origin: [String?] {
    let scheme = scheme?.lowercased()
    return [scheme, host()?.lowercased(), "\(port ?? (scheme == "https" ? 443 : 80))"]
  }
}
