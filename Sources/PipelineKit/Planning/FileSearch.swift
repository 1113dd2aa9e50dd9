public import Foundation
import Foundations
import SystemPackage

/// Looks for a file of known content where its maker's path may lead, and where people put files.
public struct FileSearch: Sendable {
  /// The folders that paths may start from, nearest first.
  let folders: [URL]

  /// How many folders above a picture are looked into, and how many files of a folder have their digests taken.
  private static let (levels, most) = (8, 1000)

  /// - Parameters:
  ///   - folders: where paths may start, nearest first.
  ///   - picture: a file beside and above which they may start, too.
  public init(folders: [URL], beside picture: URL) {
    var all = folders
    var folder = picture.absoluteURL.standardizedFileURL.deletingLastPathComponent()
    for _ in 0..<Self.levels {
      all.append(folder)
      if folder.path(percentEncoded: false) == "/" { break }
      folder.deleteLastPathComponent()
    }
    var seen: Set<String> = []
    self.folders = all.filter { seen.insert($0.absoluteURL.standardizedFileURL.path).inserted }
  }

  /// What was found.
  public enum Finding: Sendable, Hashable {
    /// A file of that content, whatever it is called by now.
    case same(URL)
    /// No file of that content, but one where the path leads from the first folder.
    case other(URL)
    case nothing
  }

  /// Looks where the path leads from each folder, then for its last name there, then at every file that lies beside
  /// the picture or in the nearest folder.
  ///
  /// - Parameters:
  ///   - path: as it was written.
  ///   - digest: the content's SHA-256, in hexadecimal digits.
  public func find(_ path: String, digest: String) -> Finding {
    let name = URL(filePath: path).lastPathComponent
    let led = folders.map { URL(filePath: path, relativeTo: $0).absoluteURL }
    let named = folders.map { $0.appending(path: name, directoryHint: .notDirectory) }
    let places = (led + named).filter(isFile)
    if let same = places.first(where: { isSame($0, digest) }) { return .same(same) }
    if let same = neighbours.first(where: { isSame($0, digest) }) { return .same(same) }
    return led.first.flatMap { isFile($0) ? .other($0) : nil } ?? .nothing
  }

  /// The files of the nearest folders, which may have been given other names.
  private var neighbours: [URL] {
    folders.prefix(3).flatMap { folder in
      let entries = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      return (entries ?? []).sorted { $0.path < $1.path }.filter(isFile).prefix(Self.most)
    }
  }

  private func isFile(_ url: URL) -> Bool {
    (try? FileSystem().status(FilePath(url), followingLink: true))?.type == .regular
  }

  private func isSame(_ url: URL, _ digest: String) -> Bool {
    (try? ContentDigest(ofFile: url))?.description == digest
  }
}
