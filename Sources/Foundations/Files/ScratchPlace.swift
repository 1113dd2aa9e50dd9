public import Foundation
import Synchronization
import SystemPackage

/// A folder in the system's temporary folder, which lasts no longer than this object or its process.
///
/// A lock on it tells other processes that its owner lives; what owners that were killed left, the next to make one
/// removes.
public final class ScratchPlace: Sendable {
  /// The folder.
  public let url: URL
  private let path: FilePath
  private let lock: FileLock

  private static let prefix = "pipeline-run-"
  private static let inUse = Mutex<Set<FilePath>>([])
  private static let ofProcess = Mutex<ScratchPlace?>(nil)

  /// Makes an empty folder.
  ///
  /// - Throws: `FileError`.
  public init() throws {
    let system = FileSystem()
    let parent = FilePath(FileManager.default.temporaryDirectory)
    TemporaryName.removeDead(in: parent, prefix: Self.prefix)
    while true {
      let path = parent.appending(Self.prefix + TemporaryName.identifier())
      guard let lock = try FileLock.claim(path, isFolder: true, system: system) else { continue }
      (url, self.path, self.lock) = (path.url(isFolder: true), path, lock)
      Self.inUse.withLock { _ = $0.insert(path) }
      return
    }
  }

  deinit { Self.remove(path) }

  /// Whether a path lies in a place of this process.
  static func holds(_ path: FilePath) -> Bool {
    inUse.withLock { $0.contains { path.string.hasPrefix($0.string + "/") } }
  }

  /// Makes a place the temporary folder of this process and of those it starts, until `removeAll`: what libraries keep
  /// there goes with it, too, however the process ends. Where none can be made, all stays as it is, and who needs one
  /// will say so.
  ///
  /// To be called while the process has one thread, since it changes the environment.
  public static func holdTemporaryFiles() {
    guard let place = try? ScratchPlace() else { return }
    setenv("TMPDIR", place.path.string, 1)
    ofProcess.withLock { $0 = place }
  }

  /// Removes all that this process made and has not removed, for when it is broken off. What cannot be removed stays.
  public static func removeAll() {
    for path in inUse.withLock({ $0 }) { remove(path) }
  }

  private static func remove(_ path: FilePath) {
    try? FileSystem().remove(path)
    inUse.withLock { _ = $0.remove(path) }
  }
}
