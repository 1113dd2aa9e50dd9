package import Foundation

/// A file with an address of its own.
package struct PublishedFile: Sendable, Hashable {
  /// The address, whose last part is the file's name.
  package var url: URL
  /// What its publisher says its bytes amount to.
  package var checksum: Checksum

  /// A file.
  package init(_ url: URL, _ checksum: Checksum) { (self.url, self.checksum) = (url, checksum) }

  /// Its name.
  package var name: String { url.lastPathComponent }

  /// The file, and the size that the server says.
  func remote(_ client: HubClient) async throws -> RemoteFile {
    guard let head = try await client.head(url) else { throw HubError.incomplete("there is no '\(url)'") }
    return RemoteFile(
      path: try RepositoryPath(name), url: url, size: head.contentLength, checksum: checksum)
  }
}
