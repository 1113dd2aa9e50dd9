// Results' types of the operators that only move elements.
extension TensorType {
  func reshaped(_ shape: [Int]) throws(ShapeFault) -> TensorType {
    let result = TensorType(elementType, shape)
    guard shape.allSatisfy({ $0 > 0 }), result.elementCount == elementCount else {
      throw ShapeFault("\(self) cannot become \(shape)")
    }
    return result
  }

  func transposed(_ order: [Int]) throws(ShapeFault) -> TensorType {
    guard order.sorted() == Array(shape.indices) else {
      throw ShapeFault("\(order) does not order the dimensions of \(self)")
    }
    return TensorType(elementType, order.map { shape[$0] })
  }

  static func concatenated(_ inputs: [TensorType], axis: Int) throws(ShapeFault) -> TensorType {
    guard var result = inputs.first else { throw ShapeFault("takes an input or more, not 0") }
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

  /// One of `count` equal parts.
  func part(axis: Int, of count: Int) throws(ShapeFault) -> TensorType {
    try require(axis: axis)
    guard count > 0, shape[axis] % count == 0 else {
      throw ShapeFault("\(self) has no \(count) equal parts along axis \(axis)")
    }
    var part = self
    part.shape[axis] /= count
    return part
  }

  func sliced(axis: Int, _ range: Range<Int>, step: Int) throws(ShapeFault) -> TensorType {
    try require(axis: axis)
    guard range.lowerBound >= 0, range.upperBound <= shape[axis], !range.isEmpty, step > 0 else {
      throw ShapeFault("\(range) by \(step) is not within axis \(axis) of \(self)")
    }
    var result = self
    result.shape[axis] = (range.count + step - 1) / step
    return result
  }

  func gathered(_ indices: TensorType, axis: Int) throws(ShapeFault) -> TensorType {
    try require(axis: axis)
    guard indices.elementType == .i32 || indices.elementType == .i64 else {
      throw ShapeFault("indices must be integers, not \(indices)")
    }
    return TensorType(elementType, Array(shape[..<axis] + indices.shape + shape[(axis + 1)...]))
  }

  func broadcast(to target: [Int]) throws(ShapeFault) -> TensorType {
    guard broadcastShape(shape, target) == target else {
      throw ShapeFault("\(self) does not broadcast to \(target)")
    }
    return TensorType(elementType, target)
  }

  func padded(_ before: [Int], _ after: [Int]) throws(ShapeFault) -> TensorType {
    guard before.count == rank, after.count == rank, (before + after).allSatisfy({ $0 >= 0 }) else {
      throw ShapeFault("\(before) and \(after) do not pad \(self)")
    }
    return TensorType(elementType, shape.indices.map { before[$0] + shape[$0] + after[$0] })
  }

  /// - Precondition: its numbers are floating-point.
  func resized(height: Int, width: Int) throws(ShapeFault) -> TensorType {
    guard rank == 4, height > 0, width > 0 else {
      throw ShapeFault("\(self) cannot be resized to \(height)×\(width)")
    }
    return TensorType(elementType, [shape[0], shape[1], height, width])
  }
}
