package import Foundation
import PipelineKit
import Synchronization

/// Digests of large files, remembered from run to run for as long as a file's identity, size and times stay what they
/// were: weights of gigabytes are read once, not in every plan.
package final class DigestMemory: Sendable {
  private typealias Records = [String: Record]

  private struct Record: Codable {
    var state: String
    var digest: ContentDigest
  }

  private struct State {
    /// What the file had; nil before anything was asked, for most plans name no large file.
    var known: Records?
    /// What has been found out since, and is not in the file.
    var new: Records = [:]
  }

  private let file: URL?
  private let state = Mutex(State())

  /// The memory in a file. One that cannot be read only costs time.
  package init(_ file: URL?) { self.file = file }

  /// The SHA-256 of a file's content.
  func digest(of url: URL) throws -> ContentDigest {
    let path = url.path(percentEncoded: false)
    let state = try Self.state(of: path)
    if let known = record(of: path), known.state == state { return known.digest }
    let digest = try ContentDigest(ofFile: url)
    // A file that changed meanwhile is not remembered.
    if try Self.state(of: path) == state {
      self.state.withLock { $0.new[path] = Record(state: state, digest: digest) }
    }
    return digest
  }

  private func record(of path: String) -> Record? {
    state.withLock { state in
      if let new = state.new[path] { return new }
      let known = state.known ?? read()
      state.known = known
      return known[path]
    }
  }

  private func read() -> Records {
    let data = file.flatMap { try? Data(ofFile: $0) }
    return data.flatMap { try? JSONDecoder().decode(Records.self, from: $0) } ?? [:]
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

  /// Writes what is new beside what other processes wrote meanwhile; a failure only costs time later.
  func save() {
    guard let file else { return }
    state.withLock { state in
      guard !state.new.isEmpty else { return }
      let all = read().merging(state.new) { $1 }
      (state.known, state.new) = (all, [:])
      guard let data = try? JSONEncoder().encode(all) else { return }
      try? FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try? AtomicFile(file).write(data)
    }
  }
}
