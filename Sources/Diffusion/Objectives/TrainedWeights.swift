package import Tensors

/// Weights of which some are to be trained, under the names of the published layout.
package struct TrainedWeights: Weights {
  private let base: any Weights
  private let isTrained: @Sendable (String) -> Bool

  /// The weights of a network as parameters.
  ///
  /// - Parameter isTrained: which of them, by name; all by default.
  package init(_ base: any Weights, where isTrained: @escaping @Sendable (String) -> Bool = { _ in true }) {
    self.base = base
    self.isTrained = isTrained
  }

  /// The weight, a parameter if it is trained.
  package func constant(_ name: String, shape: [Int]) throws -> Constant {
    let constant = try base.constant(name, shape: shape)
    return isTrained(name) ? constant.trained(as: name) : constant
  }
}

/// Weights in memory.
package struct TensorWeights: Weights {
  /// The weights by name.
  package var tensors: [String: Tensor]

  /// Weights in memory.
  package init(_ tensors: [String: Tensor]) { self.tensors = tensors }

  /// Weights to begin training with: uniform within ±1/√(fan-in) for matrices, kernels and their biases, 1 and 0 for
  /// normalisations, as PyTorch's layers begin; embeddings and learned vectors are normal with deviation 0.02.
  ///
  /// - Parameters:
  ///   - shapes: of all weights, as a network's `weightShapes` lists them.
  ///   - seed: equal seeds give equal weights.
  package init(beginning shapes: [String: [Int]], seed: Int) {
    var generator = TorchGenerator(seed: seed)
    tensors = [:]
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      let count = shape.reduce(1, *)
      tensors[name] = Tensor(
        Self.values(name, shape, count, kernel: shapes[Self.kernel(of: name)], &generator), shape: shape)
    }
  }

  /// The weight.
  ///
  /// - Throws: `InvalidInput` when there is none, or it has another shape.
  package func constant(_ name: String, shape: [Int]) throws -> Constant {
    guard let tensor = tensors[name], tensor.shape == shape else {
      throw InvalidInput("there is no weight '\(name)' of \(shape)")
    }
    return Constant(tensor)
  }

  private static func values(
    _ name: String, _ shape: [Int], _ count: Int, kernel: [Int]?, _ generator: inout TorchGenerator
  ) -> [Float] {
    let isVector = shape.count == 1
    if name.contains("embedding") && !name.contains("time_embedding") && !name.contains("patch_embedding")
      || name == "uncond_vector"
    {
      return generator.normal(count: count).map { 0.02 * $0 }
    }
    if isVector, kernel.map({ $0.count == 1 }) ?? true {
      return Array(repeating: name.hasSuffix("weight") ? 1 : 0, count: count)
    }
    let fanIn = (isVector ? kernel! : shape).dropFirst().reduce(1, *)
    let bound = 1 / Float(fanIn).squareRoot()
    return generator.uniform(count: count).map { (2 * $0 - 1) * bound }
  }

  /// The name of the matrix or kernel that a bias belongs to.
  private static func kernel(of name: String) -> String {
    name.hasSuffix("bias") ? name.dropLast("bias".count) + "weight" : name
  }
}
