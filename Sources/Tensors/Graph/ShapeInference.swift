/// Why inputs do not fit an operator; the builder adds where.
struct ShapeFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

extension Operator {
  /// The results' types for inputs of these types.
  func resultTypes(of inputs: [TensorType]) throws(ShapeFault) -> [TensorType] {
    switch self {
    case .input(_, let type):
      try require(0, of: inputs)
      guard type.shape.allSatisfy({ $0 > 0 }) else { throw ShapeFault("\(type) has an empty dimension") }
      return [type]
    case .constant(let constant):
      try require(0, of: inputs)
      return [constant.type]
    case .unary: return try [one(inputs).floatingPoint()]
    case .convert(let elementType): return try [TensorType(elementType, one(inputs).shape)]
    case .binary:
      let (left, right) = try two(inputs)
      return try [left.combined(with: right)]
    case .matMul(let transposesLeft, let transposesRight):
      let (left, right) = try two(inputs)
      return try [left.matrixProduct(transposesLeft, right, transposesRight)]
    case .convolution(let geometry):
      let (input, kernel) = try two(inputs)
      return try [geometry.result(input: input, kernel: kernel)]
    case .attention:
      let (queries, keys, values) = try three(inputs)
      return try [queries.attended(keys: keys, values: values)]
    case .groupNormalization(let groups, _):
      let (input, scale, bias) = try three(inputs)
      return try [input.groupNormalized(groups: groups, scale: scale, bias: bias)]
    case .meanVarianceNormalization(let axes, _):
      let input = try one(inputs).floatingPoint()
      try input.require(axes: axes)
      return [input]
    case .fakeQuantization(let levels):
      let (input, lowest, highest) = try three(inputs)
      return try [input.fakeQuantized(levels, lowest, highest)]
    case .stopGradient: return [try one(inputs)]
    case .softmax(let axis):
      let input = try one(inputs).floatingPoint()
      try input.require(axis: axis)
      return [input]
    case .reduce(_, let axes, let keepsDimensions):
      return try [one(inputs).floatingPoint().reduced(axes, keepsDimensions: keepsDimensions)]
    case .reshape(let shape): return try [one(inputs).reshaped(shape)]
    case .transpose(let order): return try [one(inputs).transposed(order)]
    case .concatenate(let axis): return try [.concatenated(inputs, axis: axis)]
    case .split(let axis, let count):
      return try Array(repeating: one(inputs).part(axis: axis, of: count), count: count)
    case .slice(let axis, let range, let step):
      return try [one(inputs).sliced(axis: axis, range, step: step)]
    case .gather(let axis):
      let (input, indices) = try two(inputs)
      return try [input.gathered(indices, axis: axis)]
    case .broadcast(let shape): return try [one(inputs).broadcast(to: shape)]
    case .pad(let before, let after): return try [one(inputs).padded(before, after)]
    case .resizeNearest(let height, let width):
      return try [one(inputs).floatingPoint().resized(height: height, width: width)]
    }
  }
}

// MARK: - How many inputs

private func require(_ count: Int, of inputs: [TensorType]) throws(ShapeFault) {
  guard inputs.count == count else { throw ShapeFault("takes \(count) inputs, not \(inputs.count)") }
}

private func one(_ inputs: [TensorType]) throws(ShapeFault) -> TensorType {
  try require(1, of: inputs)
  return inputs[0]
}

private func two(_ inputs: [TensorType]) throws(ShapeFault) -> (TensorType, TensorType) {
  try require(2, of: inputs)
  return (inputs[0], inputs[1])
}

private func three(_ inputs: [TensorType]) throws(ShapeFault) -> (TensorType, TensorType, TensorType) {
  try require(3, of: inputs)
  return (inputs[0], inputs[1], inputs[2])
}

// MARK: - Elementwise

extension TensorType {
  fileprivate func combined(with other: TensorType) throws(ShapeFault) -> TensorType {
    guard elementType == other.elementType, elementType != .bool else {
      throw ShapeFault("cannot combine \(self) and \(other)")
    }
    guard let shape = broadcastShape(shape, other.shape) else {
      throw ShapeFault("\(self) and \(other) do not broadcast")
    }
    return TensorType(elementType, shape)
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

extension TensorType {
  fileprivate func matrixProduct(
    _ transposesLeft: Bool, _ right: TensorType, _ transposesRight: Bool
  ) throws(ShapeFault) -> TensorType {
    try requireFactors(self, right)
    guard rank >= 2, right.rank >= 2 else {
      throw ShapeFault("needs two dimensions or more: \(self), \(right)")
    }
    let leftMatrix = transposesLeft ? shape.suffix(2).reversed() : Array(shape.suffix(2))
    let rightMatrix = transposesRight ? right.shape.suffix(2).reversed() : Array(right.shape.suffix(2))
    guard leftMatrix[1] == rightMatrix[0] else {
      throw ShapeFault("cannot multiply matrices \(leftMatrix) and \(rightMatrix)")
    }
    guard let batch = broadcastShape(shape.dropLast(2), right.shape.dropLast(2)) else {
      throw ShapeFault("\(self) and \(right) do not broadcast")
    }
    return TensorType(elementType, batch + [leftMatrix[0], rightMatrix[1]])
  }

  fileprivate func attended(keys: TensorType, values: TensorType) throws(ShapeFault) -> TensorType {
    try requireFactors(self, keys, values)
    let (queries, keys, values) = (shape, keys.shape, values.shape)
    guard queries.count >= 3, keys.count == queries.count, values.count == queries.count,
      keys.dropLast(2) == queries.dropLast(2), values.dropLast(2) == queries.dropLast(2),
      keys[keys.count - 1] == queries[queries.count - 1],
      keys[keys.count - 2] == values[values.count - 2]
    else {
      throw ShapeFault("queries \(queries), keys \(keys) and values \(values) do not fit")
    }
    return TensorType(elementType, queries.dropLast() + [values[values.count - 1]])
  }
}

/// Factors are floating-point numbers of one type.
private func requireFactors(_ factors: TensorType...) throws(ShapeFault) {
  for factor in factors {
    _ = try factor.floatingPoint()
    guard factor.elementType == factors[0].elementType else {
      throw ShapeFault("cannot combine \(factors[0]) and \(factor)")
    }
  }
}

extension Operator.Convolution {
  fileprivate func result(input: TensorType, kernel: TensorType) throws(ShapeFault) -> TensorType {
    try requireFactors(input, kernel)
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

extension TensorType {
  fileprivate func groupNormalized(
    groups: Int, scale: TensorType, bias: TensorType
  ) throws(ShapeFault) -> TensorType {
    _ = try floatingPoint()
    guard rank >= 2, groups > 0, shape[1] % groups == 0 else {
      throw ShapeFault("\(self) does not divide into \(groups) groups of channels")
    }
    let parameters = TensorType(elementType, [shape[1]])
    guard scale == parameters, bias == parameters else {
      throw ShapeFault("scale \(scale) and bias \(bias) must be \(parameters)")
    }
    return self
  }

  fileprivate func fakeQuantized(
    _ levels: Int, _ lowest: TensorType, _ highest: TensorType
  ) throws(ShapeFault) -> TensorType {
    _ = try floatingPoint()
    guard levels >= 2 else { throw ShapeFault("\(levels) levels are too few") }
    for bound in [lowest, highest] {
      guard bound.elementType == elementType, broadcastShape(shape, bound.shape) == shape else {
        throw ShapeFault("bounds \(lowest) and \(highest) do not broadcast to \(self)")
      }
    }
    return self
  }

  fileprivate func reduced(_ axes: [Int], keepsDimensions: Bool) throws(ShapeFault) -> TensorType {
    try require(axes: axes)
    let reduced = shape.indices.compactMap { axis in
      axes.contains(axis) ? (keepsDimensions ? 1 : nil) : shape[axis]
    }
    return TensorType(elementType, reduced)
  }
}

// MARK: - Checks

extension TensorType {
  /// Itself, where it has floating-point numbers.
  func floatingPoint() throws(ShapeFault) -> TensorType {
    guard elementType.isFloatingPoint else { throw ShapeFault("needs floating-point numbers, not \(self)") }
    return self
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
