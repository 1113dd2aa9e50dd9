/// Why inputs do not fit an operator; the builder adds where.
struct ShapeFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

extension Operator {
  /// The results' types for inputs of these types.
  func resultTypes(of inputs: [TensorType]) throws(ShapeFault) -> [TensorType] {
    if let count = inputCount, inputs.count != count {
      throw ShapeFault("takes \(count) inputs, not \(inputs.count)")
    }
    switch self {
    case .input(_, let type):
      guard type.shape.allSatisfy({ $0 > 0 }) else { throw ShapeFault("\(type) has an empty dimension") }
      return [type]
    case .constant(let constant): return [constant.type]
    case .unary, .convert, .binary, .softmax: return try [elementwise(inputs)]
    case .matMul, .convolution, .attention: return try [product(inputs)]
    case .groupNormalization, .meanVarianceNormalization, .reduce: return try [normalized(inputs)]
    case .reshape, .transpose, .concatenate, .split, .slice, .gather, .broadcast, .pad, .resizeNearest:
      return try rearranged(inputs)
    }
  }

  /// How many inputs; nil for any number from one on.
  private var inputCount: Int? {
    switch self {
    case .input, .constant: 0
    case .binary, .matMul, .convolution, .gather: 2
    case .attention, .groupNormalization: 3
    case .concatenate: nil
    case .unary, .convert, .meanVarianceNormalization, .softmax, .reduce, .reshape, .transpose, .split,
      .slice,
      .broadcast, .pad, .resizeNearest:
      1
    }
  }
}

// MARK: - Elementwise

extension Operator {
  private func elementwise(_ inputs: [TensorType]) throws(ShapeFault) -> TensorType {
    let first = inputs[0]
    switch self {
    case .convert(let elementType): return TensorType(elementType, first.shape)
    case .softmax(let axis):
      try first.requireFloatingPoint()
      try first.require(axis: axis)
      return first
    case .unary:
      try first.requireFloatingPoint()
      return first
    default:
      let second = inputs[1]
      guard first.elementType == second.elementType, first.elementType != .bool else {
        throw ShapeFault("cannot combine \(first) and \(second)")
      }
      guard let shape = broadcastShape(first.shape, second.shape) else {
        throw ShapeFault("\(first) and \(second) do not broadcast")
      }
      return TensorType(first.elementType, shape)
    }
  }
}

/// The common shape of two operands in NumPy's rules; nil when there is none.
func broadcastShape(_ left: [Int], _ right: [Int]) -> [Int]? {
  let rank = max(left.count, right.count)
  let padded = [left, right].map { [Int](repeating: 1, count: rank - $0.count) + $0 }
  var shape: [Int] = []
  for (a, b) in zip(padded[0], padded[1]) {
    guard a == b || a == 1 || b == 1 else { return nil }
    shape.append(a == 1 ? b : a)
  }
  return shape
}

// MARK: - Products

extension Operator {
  private func product(_ inputs: [TensorType]) throws(ShapeFault) -> TensorType {
    for input in inputs {
      try input.requireFloatingPoint()
      guard input.elementType == inputs[0].elementType else {
        throw ShapeFault("cannot combine \(inputs[0]) and \(input)")
      }
    }
    switch self {
    case .matMul(let transposesLeft, let transposesRight):
      return try matrixProduct(inputs[0], transposesLeft, inputs[1], transposesRight)
    case .convolution(let geometry): return try geometry.result(input: inputs[0], kernel: inputs[1])
    default: return try attended(inputs)
    }
  }

  private func matrixProduct(
    _ left: TensorType, _ transposesLeft: Bool, _ right: TensorType, _ transposesRight: Bool
  ) throws(ShapeFault) -> TensorType {
    guard left.rank >= 2, right.rank >= 2 else {
      throw ShapeFault("needs two dimensions or more: \(left), \(right)")
    }
    let leftMatrix = transposesLeft ? left.shape.suffix(2).reversed() : Array(left.shape.suffix(2))
    let rightMatrix = transposesRight ? right.shape.suffix(2).reversed() : Array(right.shape.suffix(2))
    guard leftMatrix[1] == rightMatrix[0] else {
      throw ShapeFault("cannot multiply matrices \(leftMatrix) and \(rightMatrix)")
    }
    guard let batch = broadcastShape(left.shape.dropLast(2), right.shape.dropLast(2)) else {
      throw ShapeFault("\(left) and \(right) do not broadcast")
    }
    return TensorType(left.elementType, batch + [leftMatrix[0], rightMatrix[1]])
  }

  private func attended(_ inputs: [TensorType]) throws(ShapeFault) -> TensorType {
    let (queries, keys, values) = (inputs[0].shape, inputs[1].shape, inputs[2].shape)
    guard queries.count >= 3, keys.count == queries.count, values.count == queries.count,
      keys.dropLast(2) == queries.dropLast(2), values.dropLast(2) == queries.dropLast(2),
      keys[keys.count - 1] == queries[queries.count - 1],
      keys[keys.count - 2] == values[values.count - 2]
    else {
      throw ShapeFault("queries \(queries), keys \(keys) and values \(values) do not fit")
    }
    return TensorType(inputs[0].elementType, queries.dropLast() + [values[values.count - 1]])
  }
}

extension Operator.Convolution {
  fileprivate func result(input: TensorType, kernel: TensorType) throws(ShapeFault) -> TensorType {
    guard input.rank == 4, kernel.rank == 4 else {
      throw ShapeFault(
        "needs [batch, channels, height, width] and [out, in, height, width]: \(input), \(kernel)")
    }
    guard stride > 0, input.shape[1] == kernel.shape[1]
    else {
      throw ShapeFault("\(input) does not fit kernel \(kernel) (stride \(stride))")
    }
    let height = input.shape[2] + padding.top + padding.bottom
    let width = input.shape[3] + padding.left + padding.right
    guard height >= kernel.shape[2], width >= kernel.shape[3] else {
      throw ShapeFault("kernel \(kernel.shape) is larger than the padded picture [\(height), \(width)]")
    }
    return TensorType(
      input.elementType,
      [
        input.shape[0], kernel.shape[0], (height - kernel.shape[2]) / stride + 1,
        (width - kernel.shape[3]) / stride + 1,
      ])
  }
}

// MARK: - Normalisation and reduction

extension Operator {
  private func normalized(_ inputs: [TensorType]) throws(ShapeFault) -> TensorType {
    let input = inputs[0]
    try input.requireFloatingPoint()
    switch self {
    case .groupNormalization(let groups, _):
      guard input.rank >= 2, groups > 0, input.shape[1] % groups == 0 else {
        throw ShapeFault("\(input) does not divide into \(groups) groups of channels")
      }
      let parameters = TensorType(input.elementType, [input.shape[1]])
      guard inputs[1] == parameters, inputs[2] == parameters else {
        throw ShapeFault("scale \(inputs[1]) and bias \(inputs[2]) must be \(parameters)")
      }
      return input
    case .meanVarianceNormalization(let axes, _):
      try input.require(axes: axes)
      return input
    case .reduce(_, let axes, let keepsDimensions):
      try input.require(axes: axes)
      let shape = input.shape.indices.compactMap { axis in
        axes.contains(axis) ? (keepsDimensions ? 1 : nil) : input.shape[axis]
      }
      return TensorType(input.elementType, shape)
    default: return input
    }
  }
}

// MARK: - Checks

extension TensorType {
  func requireFloatingPoint() throws(ShapeFault) {
    guard elementType.isFloatingPoint else { throw ShapeFault("needs floating-point numbers, not \(self)") }
  }

  func require(axis: Int) throws(ShapeFault) {
    guard shape.indices.contains(axis) else { throw ShapeFault("\(self) has no axis \(axis)") }
  }

  func require(axes: [Int]) throws(ShapeFault) {
    guard !axes.isEmpty, Set(axes).count == axes.count else {
      throw ShapeFault("axes \(axes) are not distinct")
    }
    for axis in axes { try require(axis: axis) }
  }
}
