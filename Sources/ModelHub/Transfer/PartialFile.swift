import Foundation
import Foundations
import SystemPackage

/// What has been downloaded of a file so far, beside its place: `NAME.partial`, and in `NAME.partial.json` what the
/// bytes are known to be part of.
struct PartialFile {
  /// What the bytes are part of.
  struct Origin: Codable, Equatable {
    var url: URL
    var size: Int?
    var checksum: Checksum?
    /// The server's strong entity tag.
    var tag: String?
  }

  static let ending = ".partial"

  let path: FilePath
  private let recordPath: FilePath
  private let system = FileSystem()

  init(target: String) {
    path = FilePath(target + Self.ending)
    recordPath = FilePath(target + Self.ending + ".json")
  }

  /// Opens the file for reading and writing, made when it is not there. A symbolic link is refused.
  func open() throws -> FileDescriptor {
    try system.open(path, .readWrite, options: [.create], followingLink: false)
  }

  /// How many bytes may be kept of a file: those whose checksum will be checked at the end, or whose entity tag the
  /// server can compare.
  func resumable(for file: RemoteFile) throws -> (bytes: Int, tag: String?) {
    guard let origin = try origin, let size = try fileSize(path.string) else { return (0, nil) }
    let isSame =
      file.checksum != nil
      ? origin.checksum == file.checksum
      : origin.url == file.url && origin.tag != nil && origin.size == file.size
    guard isSame, size <= file.size ?? .max else { return (0, nil) }
    return (size, origin.url == file.url ? origin.tag : nil)
  }

  /// A record that cannot be understood is as good as none.
  private var origin: Origin? {
    get throws {
      try system.contents(of: recordPath).flatMap { try? JSONDecoder().decode(Origin.self, from: $0) }
    }
  }

  func record(_ origin: Origin) throws {
    try AtomicFile(recordPath.url()).write(try JSONEncoder().encode(origin))
  }

  func remove() throws {
    try system.remove(path)
    try system.remove(recordPath)
  }

  /// Puts the whole file, which has been flushed, in its place.
  func promote(to target: String) throws {
    let target = FilePath(target)
    try system.rename(path, to: target)
    try system.remove(recordPath)
    try system.syncFolder(of: target)
  }
}
