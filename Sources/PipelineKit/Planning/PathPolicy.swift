import Foundation
import Foundations
import SystemPackage

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
    // Nothing here takes ~ for a home folder, but whoever writes this means one.
    if path.written == "~" || path.written.hasPrefix("~/") { throw ForbiddenPath(path: path.written) }
    let real = Self.real(FilePath(url))
    for folder in [path.folder, root] + allowed {
      // Compared by their bytes, as the system does: for Swift's strings, two ways to write an é are one.
      let folder = Self.real(FilePath(folder))
      if let real, let folder, real != folder, real.starts(with: folder) { return url }
    }
    throw ForbiddenPath(path: path.written)
  }

  /// The path once every symbolic link of the part that exists is followed; nil when that cannot be said.
  private static func real(_ path: FilePath) -> FilePath? {
    var existing = path
    var rest: [FilePath.Component] = []
    while true {
      if let real = try? SystemCall.realPath(existing) { return real.appending(rest.reversed()) }
      // What is there and yet has no real path is a link that leads nowhere, or where nobody may look.
      guard Self.isAbsent(existing), let last = existing.lastComponent, last.kind == .regular else {
        return nil
      }
      rest.append(last)
      existing.removeLastComponent()
    }
  }
}

extension PathPolicy {
  private static func isAbsent(_ path: FilePath) -> Bool {
    do {
      _ = try Stat(path, followTargetSymlink: false)
      return false
    } catch {
      return [Errno.noSuchFileOrDirectory, .notDirectory].contains(error)
    }
  }
}

/// A document names a file it has no business with.
struct ForbiddenPath: Error, CustomStringConvertible {
  let path: String
  var description: String {
    "'\(path)' lies outside the document's folder; the caller may allow it with --allow-path FOLDER"
  }
}
