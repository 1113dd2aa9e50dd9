/// The weights a network needs: name and shape of each.
package struct WeightExpectation: Sendable {
  /// What the weights belong to, for messages: `unet`, `vae`, `image_encoder`.
  package var component: String
  /// Dimensions by name.
  package var shapes: [String: [Int]]

  /// An expectation.
  package init(component: String, shapes: [String: [Int]]) {
    self.component = component
    self.shapes = shapes
  }

  /// The checkpoint's tensors, each in the expected shape; or everything that is wrong with them, at once.
  ///
  /// A 1×1 convolution and a matrix hold the same numbers: each is taken for the other.
  package func fitted(_ checkpoint: Checkpoint) throws(WeightMismatch) -> Checkpoint {
    var mismatch = WeightMismatch(component: component, files: checkpoint.files)
    var fitted: [String: CheckpointTensor] = [:]
    for (name, shape) in shapes {
      guard let tensor = checkpoint[name] else {
        mismatch.missing.append(name)
        continue
      }
      guard tensor.scalarType.isWeight || checkpoint.hasScales(of: name) else {
        mismatch.misshapen.append("\(name) is \(tensor.scalarType.rawValue), no weight's type")
        continue
      }
      guard tensor.shape == shape || squeezed(tensor.shape) == squeezed(shape) else {
        mismatch.misshapen.append("\(name) is \(tensor.shape), not \(shape)")
        continue
      }
      fitted[name] = tensor.reshaped(shape)
      if !tensor.scalarType.isWeight {
        let (scale, range) = QuantizedLayer.companions(of: name)
        (fitted[scale], fitted[range]) = (checkpoint[scale], checkpoint[range])
      }
    }
    mismatch.extra = checkpoint.tensors.keys.filter {
      shapes[$0] == nil && fitted[$0] == nil && !isBuffer($0)
    }
    guard mismatch.isEmpty else { throw mismatch.sorted() }
    return Checkpoint(tensors: fitted, metadata: checkpoint.metadata, files: checkpoint.files)
  }

  /// `[out, in]` for both `[out, in]` and `[out, in, 1, 1]`.
  private func squeezed(_ shape: [Int]) -> [Int] {
    shape.count == 4 && shape[2] == 1 && shape[3] == 1 ? Array(shape.prefix(2)) : shape
  }

  /// Indices that old versions of transformers saved though they are not weights.
  private func isBuffer(_ name: String) -> Bool { name.hasSuffix("position_ids") }
}

/// All differences between the weights a network needs and those a checkpoint holds.
package struct WeightMismatch: Error, Equatable, Sendable, CustomStringConvertible {
  /// What the weights belong to.
  package var component: String
  /// The files they were read from.
  package var files: [String]
  /// Names that are needed and not there.
  package var missing: [String] = []
  /// Names that are there and not needed.
  package var extra: [String] = []
  /// Names with another shape or type, and both shapes.
  package var misshapen: [String] = []

  init(component: String, files: [String]) {
    self.component = component
    self.files = files
  }

  var isEmpty: Bool { missing.isEmpty && extra.isEmpty && misshapen.isEmpty }

  func sorted() -> WeightMismatch {
    var copy = self
    copy.missing.sort()
    copy.extra.sort()
    copy.misshapen.sort()
    return copy
  }

  /// How many names of a kind are said; of another model's weights none fits.
  private static let namesSaid = 20

  /// One line for each kind of difference: how many there are, and the first names.
  package var description: String {
    let lists = [("missing", missing), ("not needed", extra), ("of another shape or type", misshapen)]
    return
      (["\(component): the weights in \(files.joined(separator: ", ")) do not fit"]
      + lists.filter { !$0.1.isEmpty }.map { kind, names in
        let others = names.count - Self.namesSaid
        return "  \(names.count) \(kind): \(names.prefix(Self.namesSaid).joined(separator: ", "))"
          + (others > 0 ? " and \(others) more" : "")
      }).joined(separator: "\n")
  }
}
