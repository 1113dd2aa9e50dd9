import Foundation
import Foundations
import Synchronization
import SystemPackage

/// Digests of files, remembered for as long as a file's size, time and place on the disk stay the same: for who makes many
/// plans that read the same files.
public final class FileDigests: Sendable {
  private struct Known {
    var stamp: Stamp
    var digest: ContentDigest
  }

  private struct Stamp: Hashable {
    var size: Int64
    var modification: Date
    var inode: UInt64
  }

  private let known = Mutex<[URL: Known]>([:])
  private let most: Int

  /// - Parameter most: how many files are remembered.
  public init(most: Int = 10_000) { self.most = most }

  /// The digest of a file's bytes.
  ///
  /// - Throws: `FileError` when the file cannot be read.
  func digest(of url: URL) throws -> ContentDigest {
    guard let stamp = try stamp(of: url) else { return try ContentDigest(ofFile: url) }
    if let known = known.withLock({ $0[url] }), known.stamp == stamp { return known.digest }
    let digest = try ContentDigest(ofFile: url)
    known.withLock { known in
      if known.count >= most { known.removeAll() }
      known[url] = Known(stamp: stamp, digest: digest)
    }
    return digest
  }

  private func stamp(of url: URL) throws -> Stamp? {
    guard let status = try FileSystem().status(FilePath(url), followingLink: true) else { return nil }
    return Stamp(
      size: Int64(status.size), modification: status.modificationDate, inode: UInt64(status.inode.rawValue))
  }
}
