import Foundation
import Foundations

/// The list of which shard holds which tensor: `*.index.json` beside the shards.
struct ShardIndex {
  private let path: String
  /// File name by tensor name.
  private var weightMap: [String: String] = [:]

  init(contentsOf path: String) throws(CheckpointError) {
    self.path = path
    let json = try ConfigurationFile(contentsOf: path)
    guard case .object(let members)? = json.root["weight_map"] else {
      throw CheckpointError(.indexMismatch, in: path, "no object \"weight_map\"")
    }
    for (tensor, value) in members {
      guard case .string(let name) = value, !name.isEmpty, !name.contains("/"), name != "..", name != "."
      else {
        throw CheckpointError(
          .indexMismatch, in: path, "\"\(tensor)\" is not in a file beside the index")
      }
      weightMap[tensor] = name
    }
    guard !weightMap.isEmpty else { throw CheckpointError(.indexMismatch, in: path, "lists no tensors") }
  }

  /// All shards as one checkpoint, each tensor from the file the index names.
  func open() throws(CheckpointError) -> Checkpoint {
    let folder = (path as NSString).deletingLastPathComponent
    var tensors: [String: CheckpointTensor] = [:]
    var files: [String] = []
    for name in Set(weightMap.values).sorted() {
      guard !name.hasSuffix(".json") else {
        throw CheckpointError(.indexMismatch, in: path, "\(name) is no shard")
      }
      let shard = try Checkpoint(contentsOf: folder.isEmpty ? name : "\(folder)/\(name)")
      files += shard.files
      for (tensor, value) in shard.tensors {
        guard weightMap[tensor] == name else {
          throw CheckpointError(
            .indexMismatch, in: path,
            "\(name) holds \"\(tensor)\", which the index puts in \(weightMap[tensor] ?? "no file")")
        }
        tensors[tensor] = value
      }
    }
    let missing = weightMap.keys.filter { tensors[$0] == nil }.sorted()
    guard missing.isEmpty else {
      throw CheckpointError(
        .indexMismatch, in: path, "not in their files: \(missing.joined(separator: ", "))")
    }
    return Checkpoint(tensors: tensors, files: files)
  }
}
