extension Graph {
  /// The same computation, whose outputs are some of its inner values.
  ///
  /// - Parameter values: by the names that they have as outputs.
  public func giving(_ values: [String: Value]) -> Graph {
    Graph(
      operations: operations,
      outputs: values.sorted { $0.key < $1.key }.map { Output(name: $0.key, value: $0.value) })
  }

  /// What convolutions and matrix products of a layer take as their first operand, by the layer's name; one that is
  /// made more than once has several.
  public var productInputs: [String: [Value]] {
    var inputs: [String: [Value]] = [:]
    for operation in operations {
      switch operation.operator {
      case .convolution, .matMul: inputs[operation.layer, default: []].append(operation.inputs[0])
      default: break
      }
    }
    return inputs
  }
}
