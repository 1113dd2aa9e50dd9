package import Foundation

/// A file on a server, and what is known about its bytes.
package struct RemoteFile: Sendable, Hashable {
  /// Where it goes below the model's folder.
  package var path: RepositoryPath
  /// Where it is fetched from.
  package var url: URL
  /// Bytes; nil when the server does not say.
  package var size: Int?
  /// What its bytes amount to; nil when the server does not say.
  package var checksum: Checksum?

  /// A file.
  package init(path: RepositoryPath, url: URL, size: Int?, checksum: Checksum?) {
    self.path = path
    self.url = url
    self.size = size
    self.checksum = checksum
  }
}

/// What a repository or folder holds.
package struct Listing: Sendable {
  /// The files, by path.
  package let files: [RemoteFile]
  private let indices: [RepositoryPath: Int]

  /// Checks that no file is listed twice, also where upper and lower case are one, and none is another's folder.
  package init(_ files: [RemoteFile]) throws(HubError) {
    self.files = files.sorted { $0.path < $1.path }
    var seen: Set<String> = []
    for file in files {
      let (inserted, _) = seen.insert(file.path.description.lowercased())
      guard inserted else { throw .unsafePath(file.path.description, "is listed twice") }
    }
    for file in files {
      for depth in 1..<file.path.components.count {
        let folder = file.path.components.prefix(depth).joined(separator: "/")
        guard !seen.contains(folder.lowercased()) else {
          throw .unsafePath(file.path.description, "lies below a file")
        }
      }
    }
    indices = Dictionary(uniqueKeysWithValues: self.files.enumerated().map { ($1.path, $0) })
  }

  /// The file of this path.
  package subscript(path: String) -> RemoteFile? {
    guard let path = try? RepositoryPath(path) else { return nil }
    return indices[path].map { files[$0] }
  }

  /// The files right inside a folder.
  func files(in folder: String) -> [RemoteFile] { files.filter { $0.path.folder == folder } }
}
