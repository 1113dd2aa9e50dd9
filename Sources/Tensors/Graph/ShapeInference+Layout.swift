extension Operator {
  /// The results' types of the operators that only move elements.
  func rearranged(_ inputs: [TensorType]) throws(ShapeFault) -> [TensorType] {
    let input = inputs[0]
    switch self {
    case .reshape(let shape): return try [reshaped(input, shape)]
    case .transpose(let order): return try [transposed(input, order)]
    case .concatenate(let axis): return try [concatenated(inputs, axis)]
    case .split(let axis, let count): return try split(input, axis, count)
    case .slice(let axis, let range, let step): return try [sliced(input, axis, range, step)]
    case .gather(let axis): return try [gathered(input, inputs[1], axis)]
    case .broadcast(let shape): return try [broadcast(input, shape)]
    case .pad(let before, let after): return try [padded(input, before, after)]
    case .resizeNearest(let height, let width): return try [resized(input, height, width)]
    default: return [input]
    }
  }

  private func reshaped(_ input: TensorType, _ shape: [Int]) throws(ShapeFault) -> TensorType {
    let result = TensorType(input.elementType, shape)
    guard shape.allSatisfy({ $0 > 0 }), result.elementCount == input.elementCount else {
      throw ShapeFault("\(input) cannot become \(shape)")
    }
    return result
  }

  private func transposed(_ input: TensorType, _ order: [Int]) throws(ShapeFault) -> TensorType {
    guard order.sorted() == Array(input.shape.indices) else {
      throw ShapeFault("\(order) does not order the dimensions of \(input)")
    }
    return TensorType(input.elementType, order.map { input.shape[$0] })
  }

  private func concatenated(_ inputs: [TensorType], _ axis: Int) throws(ShapeFault) -> TensorType {
    var result = inputs[0]
    try result.require(axis: axis)
    for input in inputs.dropFirst() {
      var expected = result
      if input.rank == result.rank { expected.shape[axis] = input.shape[axis] }
      guard input == expected else {
        throw ShapeFault("\(inputs[0]) and \(input) do not join along axis \(axis)")
      }
      result.shape[axis] += input.shape[axis]
    }
    return result
  }

  private func split(_ input: TensorType, _ axis: Int, _ count: Int) throws(ShapeFault) -> [TensorType] {
    try input.require(axis: axis)
    guard count > 0, input.shape[axis] % count == 0 else {
      throw ShapeFault("\(input) has no \(count) equal parts along axis \(axis)")
    }
    var part = input
    part.shape[axis] /= count
    return Array(repeating: part, count: count)
  }

  private func sliced(
    _ input: TensorType, _ axis: Int, _ range: Range<Int>, _ step: Int
  ) throws(ShapeFault) -> TensorType {
    try input.require(axis: axis)
    guard range.lowerBound >= 0, range.upperBound <= input.shape[axis], !range.isEmpty, step > 0 else {
      throw ShapeFault("\(range) by \(step) is not within axis \(axis) of \(input)")
    }
    var result = input
    result.shape[axis] = (range.count + step - 1) / step
    return result
  }

  private func gathered(
    _ input: TensorType, _ indices: TensorType, _ axis: Int
  ) throws(ShapeFault) -> TensorType {
    try input.require(axis: axis)
    guard indices.elementType == .i32 || indices.elementType == .i64 else {
      throw ShapeFault("indices must be integers, not \(indices)")
    }
    let shape = input.shape[..<axis] + indices.shape + input.shape[(axis + 1)...]
    return TensorType(input.elementType, Array(shape))
  }

  private func broadcast(_ input: TensorType, _ shape: [Int]) throws(ShapeFault) -> TensorType {
    guard broadcastShape(input.shape, shape) == shape else {
      throw ShapeFault("\(input) does not broadcast to \(shape)")
    }
    return TensorType(input.elementType, shape)
  }

  private func padded(
    _ input: TensorType, _ before: [Int], _ after: [Int]
  ) throws(ShapeFault) -> TensorType {
    guard before.count == input.rank, after.count == input.rank, (before + after).allSatisfy({ $0 >= 0 })
    else {
      throw ShapeFault("\(before) and \(after) do not pad \(input)")
    }
    let shape = input.shape.indices.map { before[$0] + input.shape[$0] + after[$0] }
    return TensorType(input.elementType, shape)
  }

  private func resized(
    _ input: TensorType, _ height: Int, _ width: Int
  ) throws(ShapeFault) -> TensorType {
    try input.requireFloatingPoint()
    guard input.rank == 4, height > 0, width > 0 else {
      throw ShapeFault("\(input) cannot be resized to \(height)×\(width)")
    }
    return TensorType(input.elementType, [input.shape[0], input.shape[1], height, width])
  }
}
