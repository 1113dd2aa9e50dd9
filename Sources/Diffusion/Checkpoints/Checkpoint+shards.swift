import Foundation
import Foundations

extension Checkpoint {
  /// Writes all tensors as `.safetensors`: into one file, or, where that would be too large, into shards with an
  /// index beside them, named as diffusers and transformers name them.
  ///
  /// - Parameters:
  ///   - folder: it exists.
  ///   - stem: `diffusion_pytorch_model`, or `model` for an image encoder.
  ///   - scalarType: see `write(to:as:)`.
  ///   - shardBytes: tensors of a file have no more bytes than this, unless one alone has; nil writes one file.
  func write(
    into folder: String, stem: String, as scalarType: ScalarType?, shardBytes: Int?
  ) throws(CheckpointError) {
    let shards = shards(of: shardBytes ?? .max, as: scalarType)
    guard shards.count > 1 else {
      try write(to: "\(folder)/\(stem).safetensors", as: scalarType)
      return
    }
    var places: [String: String] = [:]
    for (index, names) in shards.enumerated() {
      let file = "\(stem)-\(Self.digits(index + 1))-of-\(Self.digits(shards.count)).safetensors"
      var part = self
      part.tensors = tensors.filter { names.contains($0.key) }
      try part.write(to: "\(folder)/\(file)", as: scalarType)
      for name in names { places[name] = file }
    }
    let total = tensors.values.reduce(0) { $0 + $1.byteCount(as: scalarType) }
    try writeIndex(places, total: total, to: "\(folder)/\(stem).safetensors.index.json")
  }

  /// The tensors' names, file by file, in the order of names.
  private func shards(of limit: Int, as scalarType: ScalarType?) -> [Set<String>] {
    var (shards, bytes): ([Set<String>], Int) = ([[]], 0)
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let size = tensor.byteCount(as: scalarType)
      if bytes + size > limit, !shards[shards.count - 1].isEmpty {
        shards.append([])
        bytes = 0
      }
      shards[shards.count - 1].insert(name)
      bytes += size
    }
    return shards
  }

  private func writeIndex(
    _ places: [String: String], total: Int, to path: String
  ) throws(CheckpointError) {
    let index: JSONValue = [
      "metadata": ["total_size": JSONValue(total)], "weight_map": .object(places.mapValues { .string($0) }),
    ]
    do {
      try AtomicFile(URL(filePath: path)).write(Data(JSONWriter.pretty(index).utf8))
    } catch {
      throw CheckpointError(error, in: path)
    }
  }

  private static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 5 - text.count)) + text
  }
}

extension CheckpointTensor {
  /// How many bytes it has once weights are of another type.
  func byteCount(as type: ScalarType?) -> Int {
    elementCount * (scalarType.isWeight ? type ?? scalarType : scalarType).byteCount
  }
}
