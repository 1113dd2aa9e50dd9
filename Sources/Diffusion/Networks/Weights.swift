package import Tensors

/// The weights of one network, by their names in the published layout (`down_blocks.0.resnets.0.norm1.weight`).
package protocol Weights {
  /// The weight of this name and shape.
  ///
  /// - Throws: when there is none, or it has another shape.
  func constant(_ name: String, shape: [Int]) throws -> Constant
}

/// Weights that are only asked for: building a network with them tells which weights it needs.
package final class WeightList: Weights {
  /// The shape of every weight that was asked for, by name.
  package private(set) var shapes: [String: [Int]] = [:]

  /// An empty list.
  package init() {}

  /// Notes the name and the shape.
  package func constant(_ name: String, shape: [Int]) -> Constant {
    shapes[name] = shape
    return Constant(declared: TensorType(.f32, shape))
  }
}
