import Diffusion
import Tensors

extension ParameterVector {
  /// The parameters as tensors under their names, in a scratch file.
  func checkpoint() throws -> Checkpoint {
    // One scratch file for all: each holds a descriptor.
    let all = try CheckpointTensor(Tensor(values, shape: [values.count]))
    return Checkpoint(
      tensors: layout.entries.mapValues { all.rows($0.range).reshaped($0.shape) })
  }

  /// The parameters that a file holds under their names.
  ///
  /// - Throws: `TrainingError` naming a parameter that is missing or has other dimensions, and a tensor that is no
  ///   parameter.
  init(_ layout: ParameterLayout, contentsOf path: String) throws {
    self.init(layout)
    let checkpoint = try Checkpoint(contentsOf: path)
    for name in layout.names {
      let entry = layout.entries[name]!
      guard let tensor = checkpoint[name], tensor.shape == entry.shape, let floats = tensor.floats() else {
        let found = checkpoint[name].map { "is \($0.shape) there" } ?? "is not there"
        throw TrainingError("\(path): the network's parameter '\(name)' \(entry.shape) \(found)")
      }
      values.replaceSubrange(entry.range, with: floats)
    }
    if let other = checkpoint.tensors.keys.sorted().first(where: { layout.entries[$0] == nil }) {
      throw TrainingError("\(path): '\(other)' is no parameter of this network")
    }
  }
}
