package import Tensors

extension MappedFile: WeightSource {}

extension Checkpoint: Weights {
  /// A weight where it lies in its file.
  ///
  /// - Throws: `WeightMismatch` when there is none, or it has another shape or an element type no network uses.
  package func constant(_ name: String, shape: [Int]) throws -> Constant {
    guard let tensor = self[name], tensor.shape == shape, let type = tensor.scalarType.elementType else {
      throw WeightMismatch(component: "network", files: files, name: name, tensor: self[name], shape: shape)
    }
    return Constant(tensor.file, offset: tensor.byteOffset, type: TensorType(type, shape))
  }

  /// A tensor's values in memory, as singles; nil when there is none of that name or it is no weight.
  package func tensor(_ name: String) -> Tensor? {
    guard let tensor = self[name], let floats = tensor.floats() else { return nil }
    return Tensor(floats, shape: tensor.shape)
  }
}

extension Checkpoint {
  /// Singles in one scratch file that has no name.
  ///
  /// - Parameters:
  ///   - shapes: the tensors' dimensions, by name.
  ///   - values: a tensor's numbers; asked for when their turn to be written comes, so that they are never all in memory.
  package init(shapes: [String: [Int]], values: (String) -> [Float]) throws(CheckpointError) {
    var offsets: [String: Int] = [:]
    let file = try MappedFile(scratch: "weights in memory") { write throws(CheckpointError) in
      var end = 0
      for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
        let floats = values(name)
        precondition(floats.count == shape.reduce(1, *), "\(floats.count) values for \(name), \(shape)")
        try floats.map(\.bitPattern.littleEndian).withRawBytes { bytes throws(CheckpointError) in
          try write(bytes)
        }
        offsets[name] = end
        end += 4 * floats.count
      }
    }
    self.init(
      tensors: shapes.reduce(into: [:]) { tensors, next in
        tensors[next.key] = CheckpointTensor(
          file: file, scalarType: .float32, shape: next.value, byteOffset: offsets[next.key]!)
      })
  }

  /// The same weights in single precision, as training wants them; those that are in it already stay where they lie,
  /// and so does what is no weight.
  ///
  /// - Throws: for quantised weights, which gradients cannot change.
  package func inSinglePrecision() throws(CheckpointError) -> Checkpoint {
    if quantization != nil {
      throw CheckpointError(
        .unsupportedConfiguration, in: files.first ?? "weights",
        "the weights are quantised: train the model that they were made from, and quantise the result")
    }
    let others = tensors.filter { $0.value.scalarType.isWeight && $0.value.scalarType != .float32 }
    let singles = try Checkpoint(shapes: others.mapValues(\.shape)) { others[$0]!.floats()! }
    var result = self
    result.tensors.merge(singles.tensors) { $1 }
    return result
  }
}

extension CheckpointTensor {
  /// Singles in a scratch file that has no name.
  package init(_ tensor: Tensor) throws(CheckpointError) {
    self = try Checkpoint(shapes: ["tensor": tensor.shape]) { _ in tensor.floats }["tensor"]!
  }
}

extension ScalarType {
  /// The type as engines know it; nil for what is no weight.
  fileprivate var elementType: ElementType? {
    switch self {
    case .int8: .i8
    case .float32: .f32
    case .float16: .f16
    case .bfloat16: .bf16
    default: nil
    }
  }
}

extension WeightMismatch {
  fileprivate init(
    component: String, files: [String], name: String, tensor: CheckpointTensor?, shape: [Int]
  ) {
    self.init(component: component, files: files)
    if let tensor {
      misshapen = ["\(name) is \(tensor.scalarType.rawValue) \(tensor.shape), not a weight of \(shape)"]
    } else {
      missing = [name]
    }
  }
}
