public import Foundation
package import SystemPackage

/// The hidden names under which `AtomicFile` and `AtomicFolder` write.
public enum TemporaryName {
  /// How every such name begins.
  public static let prefix = ".pipeline-part-"

  package static func make(extension suffix: String?) -> String {
    prefix + UUID().uuidString.lowercased() + (suffix.map { "." + $0 } ?? "")
  }

  /// Removes what writers that died left in a folder.
  ///
  /// - Parameter age: seconds; what changed since is left alone, for its writer may be alive.
  /// - Returns: how many files and folders were removed.
  /// - Throws: `FileError`.
  @discardableResult
  public static func removeLeftovers(in folder: URL, olderThan age: TimeInterval = 86_400) throws -> Int {
    let system = FileSystem()
    let oldest = Date.now.addingTimeInterval(-age)
    var count = 0
    for name in try system.list(FilePath(folder)) where name.hasPrefix(prefix) {
      let path = FilePath(folder).appending(name)
      guard let status = try system.status(path), status.modificationDate < oldest else { continue }
      try system.remove(path)
      count += 1
    }
    return count
  }
}

extension Stat {
  /// When the contents last changed.
  package var modificationDate: Date {
    Date(timeIntervalSince1970: Double(st_mtim.tv_sec) + Double(st_mtim.tv_nsec) / 1e9)
  }
}
