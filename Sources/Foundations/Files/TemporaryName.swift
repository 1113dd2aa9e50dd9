public import Foundation
package import SystemPackage

/// The hidden names under which `AtomicFile` and `AtomicFolder` write.
public enum TemporaryName {
  /// How every such name begins.
  public static let prefix = ".pipeline-part-"

  package static func make(extension suffix: String?) -> String {
    prefix + identifier() + (suffix.map { "." + $0 } ?? "")
  }

  /// A UUID whose node, as that of version 1, tells which machine made it. Of a file system that several machines share,
  /// one may not see the locks of another; what others have begun is therefore no leftover until it is old.
  package static func identifier() -> String { UUID().uuidString.lowercased().prefix(24) + node }

  private static let node: String = {
    let machine = try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)
    return String(
      ContentDigest(of: Data("\(SystemCall.hostName)\n\(machine ?? "")".utf8)).description.prefix(12))
  }()

  /// Whether what has this name, and is not locked, was left by a writer that died: one of this machine, or one that has
  /// written nothing for a week.
  static func isDead(_ name: String, prefix: String = prefix, _ status: Stat) -> Bool {
    name.dropFirst(prefix.count + 24).hasPrefix(node)
      || status.modificationDate.timeIntervalSinceNow < -7 * 24 * 3600
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
  /// locked, another user's, named otherwise, or another machine's and young is left alone, as is all that cannot be
  /// removed.
  ///
  /// - Returns: how many files and folders were removed.
  @discardableResult
  public static func removeLeftovers(in folder: URL) -> Int {
    removeDead(in: FilePath(folder), prefix: prefix)
  }

  @discardableResult
  static func removeDead(in folder: FilePath, prefix: String) -> Int {
    let system = FileSystem()
    return ((try? system.list(folder)) ?? []).count { name in
      guard matches(name, prefix: prefix) else { return false }
      let path = folder.appending(name)
      guard let status = try? system.status(path), status.isOwn, isDead(name, prefix: prefix, status),
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
