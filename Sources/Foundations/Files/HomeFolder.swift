public import Foundation

/// The user's own folder, `~`.
public enum HomeFolder {
  /// `$HOME`, as for shells: users of containers often have no other home; else what the system says.
  ///
  /// A relative `$HOME` counts as none.
  public static func url(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> URL {
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      return FileManager.default.homeDirectoryForCurrentUser
    }
    return URL(filePath: home, directoryHint: .isDirectory)
  }
}
