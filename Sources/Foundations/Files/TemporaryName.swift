public import Foundation
package import SystemPackage

/// The hidden names under which `AtomicFile` and `AtomicFolder` write.
public enum TemporaryName {
  /// How every such name begins.
  public static let prefix = ".pipeline-part-"

  package static func make(extension suffix: String?) -> String {
    prefix + UUID().uuidString.lowercased() + (suffix.map { "." + $0 } ?? "")
  }

  /// Whether a file or folder of this name is one.
  static func matches(_ name: String, prefix: String = prefix) -> Bool {
    guard name.hasPrefix(prefix) else { return false }
    let (identifier, rest) = (name.dropFirst(prefix.count).prefix(36), name.dropFirst(prefix.count + 36))
    return UUID(uuidString: String(identifier)) != nil && (rest.isEmpty || rest.hasPrefix("."))
  }

  /// Whether a path lies in a folder of such a name.
  static func isWithin(_ path: FilePath) -> Bool { path.string.contains("/" + prefix) }

  /// Removes what writers that died left in a folder. Who writes holds a lock, which ends with its process; what is
  /// locked, another user's, or named otherwise is left alone, as is all that cannot be removed.
  ///
  /// - Returns: how many files and folders were removed.
  @discardableResult
  public static func removeLeftovers(in folder: URL) -> Int {
    removeDead(in: FilePath(folder)) { matches($0) }
  }

  static func removeDead(in folder: FilePath, where isMeant: (String) -> Bool) -> Int {
    let system = FileSystem()
    return ((try? system.list(folder)) ?? []).count { name in
      guard isMeant(name) else { return false }
      let path = folder.appending(name)
      guard let status = try? system.status(path), status.isOwn,
        let lock = try? FileLock.takeIfFree(path, system: system)
      else { return false }
      return withExtendedLifetime(lock) { (try? system.remove(path)) != nil }
    }
  }
}

extension Stat {
  /// When the contents last changed.
  package var modificationDate: Date {
    Date(timeIntervalSince1970: Double(st_mtim.tv_sec) + Double(st_mtim.tv_nsec) / 1e9)
  }

  /// Whether it belongs to the user whom this process acts for.
  var isOwn: Bool { rawValue.st_uid == SystemCall.user }
}
