import Foundation

/// Where what belongs to the program is looked for: in the prefix that it is installed in, beside or above the
/// executable, and in or above the current folder.
package struct ProjectFolders {
  /// Where the search starts.
  package var startingFolders: [String]

  /// The prefix of an installed program: the folder that holds its `bin`. All is found by the executable's own place, so
  /// that a prefix may be moved. Nil for a program that lies anywhere else, as one does that was only built.
  package var prefix: String?

  /// A search from these folders, and in this prefix.
  package init(startingFolders: [String], prefix: String? = nil) {
    self.startingFolders = startingFolders
    self.prefix = prefix
  }

  /// The search of this process.
  package static var current: ProjectFolders {
    let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path
    return ProjectFolders(
      startingFolders: [folder, FileManager.default.currentDirectoryPath].compactMap { $0 },
      prefix: folder.flatMap(prefix(ofProgramIn:)))
  }

  /// The prefix that a program in this folder is installed in: `/usr/local` for `/usr/local/bin`.
  package static func prefix(ofProgramIn folder: String) -> String? {
    folder.hasSuffix("/bin") ? String(folder.dropLast("/bin".count)) : nil
  }

  /// The clone of this project that a built program lies in; nil for one that lies elsewhere. Only the executable's own
  /// place tells: the current folder may be any project's.
  package var clone: String? {
    startingFolders.first.flatMap { start in
      start.hasPrefix("/")
        ? ancestors(of: start).first { folder in
          ["Package.swift", "Sources/PaintByExample"].allSatisfy {
            FileManager.default.fileExists(atPath: "\(folder)/\($0)")
          }
        } : nil
    }
  }

  /// A library's folder: the prefix's `lib/pipeline-run/NAME`, then `.runtime/NAME` in every starting folder and all
  /// above it, nearest first; some of them may not exist.
  package func runtime(_ name: String) -> [String] {
    installed("lib/pipeline-run/\(name)") + places(of: ".runtime/\(name)")
  }

  /// A folder of what programs only read (`Models`): the prefix's `share/pipeline-run/NAME`, then NAME in every starting
  /// folder and all above it, nearest first; some of them may not exist.
  package func shared(_ name: String) -> [String] {
    installed("share/pipeline-run/\(name)") + places(of: name)
  }

  private func installed(_ path: String) -> [String] { prefix.map { ["\($0)/\(path)"] } ?? [] }

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
