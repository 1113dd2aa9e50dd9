import Foundation

/// Decides which files a document may name. Paths in a document stay beside it (or in folders the caller allowed);
/// the caller's own paths may be anything.
struct PathPolicy {
  /// The folder of the root document.
  let root: URL
  /// Folders that the caller allowed.
  let allowed: [URL]

  /// The file meant, or an error when the path leaves the folders it may reach. Symbolic links are followed first.
  func check(_ path: BoundPath) throws(ForbiddenPath) -> URL {
    let url = path.url
    guard path.isConfined else { return url }
    if path.written.hasPrefix("~") { throw ForbiddenPath(path: path.written) }
    let real = Self.real(url)
    for folder in [path.folder, root] + allowed where Self.contains(Self.real(folder), real) { return url }
    throw ForbiddenPath(path: path.written)
  }

  private static func contains(_ folder: [String], _ file: [String]) -> Bool {
    file.count > folder.count && file.starts(with: folder)
  }

  /// The path's components once symbolic links of the part that exists are followed.
  private static func real(_ url: URL) -> [String] {
    var existing = url
    var rest: [String] = []
    while existing.path(percentEncoded: false) != "/",
      (try? existing.resourceValues(forKeys: [.isSymbolicLinkKey])) == nil
    {
      rest.insert(existing.lastPathComponent, at: 0)
      existing.deleteLastPathComponent()
    }
    return existing.resolvingSymlinksInPath().pathComponents.filter { $0 != "/" } + rest
  }
}

/// A document names a file it has no business with.
struct ForbiddenPath: Error, CustomStringConvertible {
  let path: String
  var description: String {
    "'\(path)' lies outside the document's folder; the caller may allow it with --allow-path FOLDER"
  }
}
