import Foundations
import Diffusion
import Foundation

/// The folder of a training: checkpoints, metrics, and a plot of the loss.
///
/// A checkpoint is a folder `checkpoints/step-00001000` with `training.json` and a `.safetensors` file for each part of
/// the parameters' state. It appears whole or not at all, and older ones go only after that.
struct TrainingFolder: Sendable {
  let url: URL
  private let lock: TrainingLock?

  var metrics: URL { url.appending(path: "metrics.jsonl") }
  var plot: URL { url.appending(path: "loss.svg") }
  private var checkpoints: URL { url.appending(path: "checkpoints", directoryHint: .isDirectory) }

  /// - Parameter writes: whether this process writes into the folder, and so keeps others from it.
  init(_ url: URL, writes: Bool) throws {
    self.url = url
    guard writes else {
      lock = nil
      return
    }
    try FileManager.default.createDirectory(
      at: url.appending(path: "checkpoints"), withIntermediateDirectories: true)
    lock = try TrainingLock(url)
    // Nobody else writes here, so all that is left was left by the dead.
    try TemporaryName.removeLeftovers(in: url, olderThan: 0)
    try TemporaryName.removeLeftovers(in: checkpoints, olderThan: 0)
  }

  /// The steps that have a checkpoint, oldest first.
  func steps() throws -> [Int] {
    guard FileManager.default.fileExists(atPath: checkpoints.path(percentEncoded: false)) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: checkpoints.path(percentEncoded: false))
      .compactMap { $0.hasPrefix(Self.prefix) ? Int($0.dropFirst(Self.prefix.count)) : nil }.sorted()
  }

  /// The folder of a checkpoint.
  func checkpoint(of step: Int) -> URL {
    let digits = String(step)
    let zeros = String(repeating: "0", count: max(0, 8 - digits.count))
    return checkpoints.appending(path: Self.prefix + zeros + digits, directoryHint: .isDirectory)
  }

  /// Writes a checkpoint, then removes the oldest until `count` are left.
  func write(_ record: TrainingRecord, _ parts: [CheckpointPart: Checkpoint], keeping count: Int) throws {
    try AtomicFolder(checkpoint(of: record.step)).write { folder in
      for (part, checkpoint) in parts {
        try checkpoint.write(to: folder.appending(path: part.fileName).path(percentEncoded: false))
      }
      try record.write(to: folder.appending(path: "training.json"))
    }
    for step in try steps().dropLast(count) { try remove(step) }
  }

  /// What a checkpoint knows besides numbers of parameters.
  func record(of step: Int) throws -> TrainingRecord {
    try TrainingRecord(contentsOf: checkpoint(of: step).appending(path: "training.json"))
  }

  /// A part of the parameters' state.
  func read(_ part: CheckpointPart, of step: Int, _ layout: ParameterLayout) throws -> ParameterVector {
    let file = checkpoint(of: step).appending(path: part.fileName)
    return try ParameterVector(layout, contentsOf: file.path(percentEncoded: false))
  }

  /// A checkpoint that is being removed is none any more.
  private func remove(_ step: Int) throws {
    let hidden = checkpoints.appending(path: "\(TemporaryName.prefix)removed-\(step)")
    try FileManager.default.moveItem(at: checkpoint(of: step), to: hidden)
    try FileManager.default.removeItem(at: hidden)
  }

  private static let prefix = "step-"
}

/// The files of a checkpoint: tensors under the parameters' names.
enum CheckpointPart: String, Sendable, Hashable, CaseIterable {
  case weights, firstMoment, secondMoment, average

  var fileName: String { "\(rawValue).safetensors" }
}

/// Keeps other processes from training in a folder, until it is gone or its process dies.
///
/// Sendable: the descriptor is constant, and closed once.
private final class TrainingLock: Sendable {
  private let descriptor: Int32

  init(_ folder: URL) throws(TrainingError) {
    let path = folder.path(percentEncoded: false)
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw TrainingError("\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw TrainingError("another process is training in \(path)")
    }
  }

  deinit {
    // A program that is being started at this moment may hold a copy of the descriptor, which would keep the lock.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
