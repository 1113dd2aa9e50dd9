import Foundation

/// A folder that is put together under a hidden name, `.NAME.converting`, and then gets its place.
///
/// What a killed process has left under that name is cleared by the next; two processes at a time are refused.
final class FolderDraft {
  let path: String
  private let target: String
  private let descriptor: Int32

  init(of target: String) throws(CheckpointError) {
    self.target = target
    let parent = (target as NSString).deletingLastPathComponent
    path = (parent as NSString).appendingPathComponent(
      ".\((target as NSString).lastPathComponent).converting")
    try makeFolder(path)
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
    guard descriptor >= 0 else { throw CheckpointError(.unreadable, in: path, systemMessage()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw CheckpointError(.unreadable, in: target, "another process is writing it")
    }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      try remove("\(path)/\(name)")
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // A program that is being started at this moment may hold a copy of the descriptor, which would keep the lock.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Gives the folder its place; a folder that is there gives way.
  func promote() throws(CheckpointError) {
    for name in (FileManager.default.subpaths(atPath: path) ?? []) { try flush("\(path)/\(name)") }
    let former = "\(path).former"
    try remove(former)
    guard rename(target, former) == 0 || errno == ENOENT, rename(path, target) == 0 else {
      throw CheckpointError(.unreadable, in: target, systemMessage())
    }
    let parent = (target as NSString).deletingLastPathComponent
    try flush(parent.isEmpty ? "." : parent)
    try remove(former)
  }

  /// Removes what there is.
  func discard() { try? FileManager.default.removeItem(atPath: path) }

  private func flush(_ path: String) throws(CheckpointError) {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw CheckpointError(.unreadable, in: path, systemMessage()) }
    defer { close(number) }
    guard fsync(number) == 0 else { throw CheckpointError(.unreadable, in: path, systemMessage()) }
  }

  private func remove(_ path: String) throws(CheckpointError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw CheckpointError(.unreadable, in: path, error.localizedDescription)
    }
  }
}

/// Makes a folder and those above it.
func makeFolder(_ path: String) throws(CheckpointError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw CheckpointError(.unreadable, in: path, error.localizedDescription)
  }
}
