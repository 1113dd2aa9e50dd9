public import Tensors

extension MappedFile: WeightSource {}

extension Checkpoint: Weights {
  /// A weight where it lies in its file.
  ///
  /// - Throws: `WeightMismatch` when there is none, or it has another shape or an element type no network uses.
  public func constant(_ name: String, shape: [Int]) throws -> Constant {
    guard let tensor = self[name], tensor.shape == shape, let type = tensor.scalarType.elementType else {
      throw WeightMismatch(component: "network", files: files, name: name, tensor: self[name], shape: shape)
    }
    return Constant(tensor.file, offset: tensor.byteOffset, type: TensorType(type, shape))
  }

  /// A tensor's values in memory, as singles; nil when there is none of that name or it is no weight.
  public func tensor(_ name: String) -> Tensor? {
    guard let tensor = self[name], let floats = tensor.floats() else { return nil }
    return Tensor(floats, shape: tensor.shape)
  }
}

extension CheckpointTensor {
  /// Singles in a scratch file that has no name.
  public init(_ tensor: Tensor) throws(CheckpointError) {
    let floats = tensor.floats
    let file = try MappedFile(scratch: "a tensor in memory") { write throws(CheckpointError) in
      try floats.map(\.bitPattern.littleEndian).withRawBytes { bytes throws(CheckpointError) in
        try write(bytes)
      }
    }
    self.init(file: file, scalarType: .float32, shape: tensor.shape, byteOffset: 0)
  }
}

extension ScalarType {
  /// The type as engines know it; nil for what is no weight.
  fileprivate var elementType: ElementType? {
    switch self {
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
