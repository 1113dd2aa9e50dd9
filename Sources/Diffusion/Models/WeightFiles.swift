import Foundation

/// The files of a network that stands alone, with its configuration where it has one.
package struct WeightFiles: Sendable {
  /// Endings of files that hold weights; those that are read first come first.
  static let endings = [".safetensors", ".ckpt", ".pth", ".pt", ".bin"]

  /// The files of weights.
  package let weights: [String]
  /// The `.json` and `.txt` files beside them, which may say the network's shape, how pictures are prepared for it, and how
  /// texts become tokens.
  package let settings: [String]

  /// What lies at a path: a file of weights, or a folder of them.
  ///
  /// Of a folder that has the same weights in two formats, as many on hubs have, the `.safetensors` files are taken. A folder
  /// in it that has an `adapter_config.json` is an adapter, and belongs to it.
  package init(at path: String) throws(CheckpointError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw absence(of: path)
    }
    guard isFolder.boolValue else {
      (weights, settings) = ([path], [])
      return
    }
    let names = Self.names(in: path)
    let safe = names.filter { $0.hasSuffix(".safetensors") }
    let chosen = safe.isEmpty ? names.filter(Self.isWeights) : safe
    guard !chosen.isEmpty else {
      throw CheckpointError(
        .noWeights, in: path, "no file in it ends in \(Self.endings.joined(separator: ", "))")
    }
    let own = names.filter { $0.hasSuffix(".json") || $0.hasSuffix(".txt") }
    let adapter = try Self.adapter(in: path, among: names)
    weights = chosen.map { "\(path)/\($0)" } + (adapter?.weights ?? [])
    settings = own.map { "\(path)/\($0)" } + (adapter?.settings ?? [])
  }

  /// The adapter that a folder has in a folder of its own, as the PEFT library saves one; nil where there is none.
  private static func adapter(in path: String, among names: [String]) throws(CheckpointError) -> WeightFiles?
  {
    let folders = names.filter {
      FileManager.default.fileExists(atPath: "\(path)/\($0)/adapter_config.json")
    }
    guard folders.count < 2 else {
      throw CheckpointError(
        .unsupportedConfiguration, in: path,
        "it has \(folders.count) adapters, \(folders.joined(separator: ", ")): keep one of them")
    }
    guard let folder = folders.first else { return nil }
    return try WeightFiles(at: "\(path)/\(folder)")
  }

  /// All tensors of the files.
  ///
  /// - Throws: also when two files have a tensor of one name.
  package func checkpoint() throws(CheckpointError) -> Checkpoint {
    var tensors: [String: CheckpointTensor] = [:]
    for file in weights {
      for (name, tensor) in try Checkpoint(contentsOf: file).tensors {
        guard tensors.updateValue(tensor, forKey: name) == nil else {
          throw CheckpointError(
            .duplicateName, in: file, "'\(name)' is in another file of the folder as well: keep one of them")
        }
      }
    }
    return Checkpoint(tensors: tensors, files: weights)
  }

  /// Every file that what the network computes depends on.
  package var all: [String] { (weights + settings).sorted() }

  /// Whether a file's name is one of weights.
  package static func isWeights(_ name: String) -> Bool { endings.contains { name.hasSuffix($0) } }

  /// Whether a folder has files of weights.
  static func areIn(_ folder: String) -> Bool { names(in: folder).contains(where: isWeights) }

  private static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }
}
