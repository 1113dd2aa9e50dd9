public import Foundation
import SystemPackage

/// Places in the system's temporary folder for what lasts no longer than this process.
public enum ScratchPlace {
  private static var prefix: String { "pipeline-run-\(ProcessInfo.processInfo.processIdentifier)-" }

  /// A place that nobody has used; the caller makes a file or a folder there and removes it.
  public static func make() -> URL {
    FileManager.default.temporaryDirectory.appending(path: prefix + UUID().uuidString.lowercased())
  }

  /// Removes all that this process made and has not removed, for when it is broken off. What cannot be removed stays.
  public static func removeAll() {
    let system = FileSystem()
    let folder = FilePath(FileManager.default.temporaryDirectory)
    for name in (try? system.list(folder)) ?? [] where name.hasPrefix(prefix) {
      try? system.remove(folder.appending(name))
    }
  }
}
