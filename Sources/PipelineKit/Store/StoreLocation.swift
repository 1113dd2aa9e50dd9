public import Foundation
import Foundations

/// Where the store lies when the user names no folder.
public enum StoreLocation {
  /// `$PIPELINE_CACHE`; else, on Linux, `$XDG_CACHE_HOME/pipeline-run` or `~/.cache/pipeline-run`; on macOS
  /// `~/Library/Caches/pipeline-run`.
  ///
  /// An empty variable counts as none, as does a relative `$XDG_CACHE_HOME` (the XDG specification asks for that);
  /// a relative `$PIPELINE_CACHE` is taken from the working folder. `~` is ``HomeFolder``.
  public static func standard(environment: [String: String] = ProcessInfo.processInfo.environment) -> URL {
    let home = HomeFolder.url(environment)
    if let folder = environment["PIPELINE_CACHE"], !folder.isEmpty {
      return URL(filePath: folder, directoryHint: .isDirectory).absoluteURL
    }
    #if os(macOS)
      let caches = home.appending(path: "Library/Caches", directoryHint: .isDirectory)
    #else
      var caches = home.appending(path: ".cache", directoryHint: .isDirectory)
      if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
        caches = URL(filePath: folder, directoryHint: .isDirectory)
      }
    #endif
    return caches.appending(path: "pipeline-run", directoryHint: .isDirectory)
  }
}
