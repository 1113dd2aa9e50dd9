import Diffusion
import Foundation
import PipelineKit
import Tensors

/// Named tensors and notes in a `.safetensors` file: the store form and the exchange form of what networks make, so
/// that any program that reads the format can take part.
struct TensorFile {
  var tensors: [String: Tensor]
  var notes: [String: String] = [:]

  func write(to file: URL) throws {
    let stored = try tensors.mapValues { try CheckpointTensor($0) }
    try Checkpoint(tensors: stored, metadata: notes).write(to: file.path(percentEncoded: false))
  }

  /// What a file's tensors are called.
  static func names(in file: URL) throws -> Set<String> {
    Set(try Checkpoint(safetensors: file.path(percentEncoded: false)).tensors.keys)
  }

  /// Reads a file that may come from a stranger: exactly the named tensors, of finite numbers.
  static func read(_ names: [String], from file: URL) throws -> TensorFile {
    let path = file.path(percentEncoded: false)
    // The ending says the format; a plug-in's answer may be named otherwise.
    let checkpoint = try Checkpoint(safetensors: path)
    var tensors: [String: Tensor] = [:]
    for name in names {
      guard let tensor = checkpoint.tensor(name) else {
        throw StageFailure("'\(file.lastPathComponent)' holds no numbers named '\(name)'")
      }
      guard tensor.floats.allSatisfy(\.isFinite) else {
        throw StageFailure("'\(name)' in '\(file.lastPathComponent)' holds values that are no finite numbers")
      }
      tensors[name] = tensor
    }
    return TensorFile(tensors: tensors, notes: checkpoint.metadata)
  }
}
