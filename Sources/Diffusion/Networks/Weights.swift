package import Tensors

/// The weights of one network, by their names in the published layout (`down_blocks.0.resnets.0.norm1.weight`).
package protocol Weights {
  /// The weight of this name and shape.
  ///
  /// - Throws: when there is none, or it has another shape.
  func constant(_ name: String, shape: [Int]) throws -> Constant

  /// The range over which what goes into a layer (`down_blocks.0.resnets.0.conv1`) is quantised; nil where it is not.
  func inputRange(of layer: String) throws -> ClosedRange<Float>?
}

extension Weights {
  /// None, unless the weights are quantised.
  package func inputRange(of layer: String) -> ClosedRange<Float>? { nil }
}

/// Weights that are only asked for: building a network with them tells which weights it needs.
package final class WeightList: Weights {
  /// The shape of every weight that was asked for, by name.
  package private(set) var shapes: [String: [Int]] = [:]
  /// The convolutions and linear layers that were made: those that multiply what goes into them by a weight.
  package private(set) var products: Set<String> = []

  /// An empty list.
  package init() {}

  /// Notes the name and the shape.
  package func constant(_ name: String, shape: [Int]) -> Constant {
    shapes[name] = shape
    return Constant(declared: TensorType(.f32, shape))
  }

  /// Notes the layer.
  package func inputRange(of layer: String) -> ClosedRange<Float>? {
    products.insert(layer)
    return nil
  }
}
