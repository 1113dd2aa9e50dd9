import Foundation
import PipelineKit
import Synchronization

/// Digests of large files, remembered from run to run for as long as a file's identity, size and times stay what they
/// were: weights of gigabytes are read once, not in every plan.
final class DigestMemory: Sendable {
  private struct Record: Codable {
    var state: String
    var digest: ContentDigest
  }

  private let file: URL?
  private let records: Mutex<[String: Record]>

  /// The memory in a file. One that cannot be read only costs time.
  init(_ file: URL?) {
    self.file = file
    let data = file.flatMap { try? Data(ofFile: $0) }
    records = Mutex(data.flatMap { try? JSONDecoder().decode([String: Record].self, from: $0) } ?? [:])
  }

  /// The SHA-256 of a file's content.
  func digest(of url: URL) throws -> ContentDigest {
    let path = url.path(percentEncoded: false)
    let state = try Self.state(of: path)
    if let known = records.withLock({ $0[path] }), known.state == state { return known.digest }
    let digest = try ContentDigest(ofFile: url)
    // A file that changed meanwhile is not remembered.
    if try Self.state(of: path) == state {
      records.withLock { $0[path] = Record(state: state, digest: digest) }
    }
    return digest
  }

  /// What changes whenever the file's content does.
  private static func state(of path: String) throws -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw StageFailure("cannot read '\(path)': \(String(cString: strerror(errno)))")
    }
    #if canImport(Darwin)
      let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (modified, changed) = (status.st_mtim, status.st_ctim)
    #endif
    return "\(status.st_dev) \(status.st_ino) \(status.st_size) "
      + "\(modified.tv_sec).\(modified.tv_nsec) \(changed.tv_sec).\(changed.tv_nsec)"
  }

  /// Writes what is new; a failure only costs time later.
  func save() {
    guard let file else { return }
    let present = records.withLock { $0 }
    guard let data = try? JSONEncoder().encode(present), (try? Data(ofFile: file)) != data else { return }
    try? FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? AtomicFile(file).write(data)
  }
}
