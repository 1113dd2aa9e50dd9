import Tensors

extension Node {
  /// The greatest of every `kernel`×`kernel` places of `[batch, channels, height, width]`, `stride` apart.
  ///
  /// - Parameter padding: zeros around the picture, which count as nothing where no value is below 0.
  func maxPooled(kernel: Int, stride: Int, padding: Int = 0) throws -> Node {
    let picture = padding == 0 ? self : try padded(.all(padding))
    return try [2, 3].reduce(picture) { h, axis in
      try h.windows(kernel: kernel, stride: stride, axis: axis) { try $0.combined(.maximum, $1) }
    }
  }

  /// The mean of the 3×3 places around each of `[batch, channels, height, width]`; past the edge nothing counts.
  func averagePooledWithin() throws -> Node {
    let (height, width) = (shape[2], shape[3])
    let sums = try [2, 3].reduce(padded(.all(1))) { h, axis in
      try h.windows(kernel: 3, stride: 1, axis: axis) { try $0 + $1 }
    }
    func counts(_ length: Int) -> [Float] {
      (0..<length).map { Float(min($0 + 1, length - 1) - max($0 - 1, 0) + 1) }
    }
    let shares = counts(height).flatMap { rows in counts(width).map { 1 / (rows * $0) } }
    return try sums * builder.constant(Constant(Tensor(shares, shape: [1, 1, height, width])))
  }

  /// The mean of every square of `side`×`side` places of `[batch, channels, height, width]`, none of which overlap.
  ///
  /// - Precondition: height and width are multiples of `side`.
  func averagedInSquares(of side: Int) throws -> Node {
    try reshaped([shape[0], shape[1], shape[2] / side, side, shape[3] / side, side])
      .reduced(.mean, axes: [3, 5], keepsDimensions: false)
  }

  /// Planes of `[batch, channels, height, width]` under other dimensions, each place being a sum of places.
  ///
  /// - Parameters:
  ///   - rows: what of a column each new row is.
  ///   - columns: what of a row each new column is.
  func resampled(rows: [PlaneResampling.Window], columns: [PlaneResampling.Window]) throws -> Node {
    func matrix(_ windows: [PlaneResampling.Window], from length: Int) throws -> Node {
      var values = [Float](repeating: 0, count: windows.count * length)
      for (place, window) in windows.enumerated() {
        for (offset, weight) in window.weights.enumerated() {
          values[place * length + window.start + offset] = Float(weight)
        }
      }
      return try builder.constant(Constant(Tensor(values, shape: [windows.count, length])))
    }
    let planes = try reshaped([shape[0] * shape[1], shape[2], shape[3]])
      .matMul(matrix(columns, from: shape[3]), transposesRight: true)
    return try matrix(rows, from: shape[2]).matMul(planes)
      .reshaped([shape[0], shape[1], rows.count, columns.count])
  }

  /// One number of every `kernel` neighbours along an axis.
  private func windows(
    kernel: Int, stride: Int, axis: Int, _ combine: (Node, Node) throws -> Node
  ) throws -> Node {
    let length = (shape[axis] - kernel) / stride * stride + 1
    let neighbours = try (0..<kernel).map { try sliced($0..<$0 + length, axis: axis, step: stride) }
    return try neighbours.dropFirst().reduce(neighbours[0], combine)
  }
}
