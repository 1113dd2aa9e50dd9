import Foundation

/// Where libraries that the project installs for itself are looked for: beside or above the executable, and in
/// or above the current folder.
package struct ProjectFolders {
  /// Where the search starts.
  package var startingFolders: [String]

  /// A search from these folders.
  package init(startingFolders: [String]) { self.startingFolders = startingFolders }

  /// The search of this process.
  package static var current: ProjectFolders {
    ProjectFolders(
      startingFolders: [
        Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path,
        FileManager.default.currentDirectoryPath,
      ].compactMap { $0 })
  }

  /// `.runtime/NAME` in every starting folder and all above it, nearest first; some of them may not exist.
  package func runtime(_ name: String) -> [String] { places(of: ".runtime/\(name)") }

  /// A path in every starting folder and all above it, nearest first; some of them may not exist.
  package func places(of path: String) -> [String] {
    var seen: Set<String> = []
    // A working folder that was deleted has no path, and what has none has no end of folders above it.
    return startingFolders.filter { $0.hasPrefix("/") }.flatMap(ancestors).filter { seen.insert($0).inserted }
      .map { "\($0)/\(path)" }
  }

  private func ancestors(of folder: String) -> [String] {
    var folders: [String] = []
    var url = URL(fileURLWithPath: folder).standardizedFileURL
    while true {
      folders.append(url.path == "/" ? "" : url.path)
      let parent = url.deletingLastPathComponent()
      if url.path == "/" || parent.path == url.path { return folders }
      url = parent
    }
  }
}
