import Diffusion
import Foundation

/// The files that `Scripts/fixtures/make.py` writes.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  static func checkpoint(_ name: String) throws -> Checkpoint { try Checkpoint(contentsOf: path(name)) }

  /// The values of a tensor of singles.
  static func floats(_ name: String, in file: String) throws -> [Float] {
    let checkpoint = try checkpoint(file)
    guard let floats = checkpoint[name]?.floats() else {
      throw CheckpointError(.noWeights, in: file, "no singles named \(name)")
    }
    return floats
  }

  /// Runs a closure with the path of a file of these bytes, then removes it.
  @discardableResult
  static func withFile<R>(
    _ data: Data, ending: String, _ body: (String) throws -> R
  ) throws -> R {
    try withFolder { folder in
      let file = folder.appending(path: "file.\(ending)")
      try data.write(to: file)
      return try body(file.path)
    }
  }

  /// Runs a closure with an empty folder, then removes it.
  static func withFolder<R>(_ body: (URL) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// The reason for which a file of these bytes is refused, or nil when it is taken.
  static func refusal(of data: Data, ending: String) throws -> CheckpointError.Reason? {
    try withFile(data, ending: ending) { path -> CheckpointError.Reason? in
      do {
        _ = try Checkpoint(contentsOf: path)
        return nil
      } catch let error as CheckpointError {
        return error.reason
      }
    }
  }
}

extension CheckpointTensor {
  var bytes: [UInt8] { withBytes { Array($0) } }
}

/// The largest difference of two arrays of one length.
func largestDifference(_ first: [Float], _ second: [Float]) -> Float {
  zip(first, second).map { abs($0 - $1) }.max() ?? 0
}
