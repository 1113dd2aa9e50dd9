import Diffusion
import Foundation
import Foundations
import SystemPackage

/// The folder of a training: checkpoints, metrics, and a plot of the loss.
///
/// A checkpoint is a folder `checkpoints/step-00001000` with `training.json` and a `.safetensors` file for each part of
/// the parameters' state. It appears whole or not at all, and older ones go only after that.
struct TrainingFolder: Sendable {
  let url: URL
  /// Keeps other processes from training here, until it is gone or its process dies.
  private let lock: FileLock?

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
    try FileSystem().createFolder(url.appending(path: "checkpoints"))
    lock = try FileLock.takeIfFree(FilePath(url))
    guard lock != nil else {
      throw TrainingError("another process is training in \(url.path(percentEncoded: false))")
    }
    TemporaryName.removeLeftovers(in: url)
    TemporaryName.removeLeftovers(in: checkpoints)
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
    for step in try steps().dropLast(count) { try AtomicFolder(checkpoint(of: step)).remove() }
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

  private static let prefix = "step-"
}

/// The files of a checkpoint: tensors under the parameters' names.
enum CheckpointPart: String, Sendable, Hashable, CaseIterable {
  case weights, firstMoment, secondMoment, average

  var fileName: String { "\(rawValue).safetensors" }
}
