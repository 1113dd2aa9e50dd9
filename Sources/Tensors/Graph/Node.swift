/// A value of the graph under construction.
public struct Node {
  /// The graph it belongs to.
  public let builder: GraphBuilder
  let value: Graph.Value
  /// Its elements' type and dimensions.
  public let type: TensorType

  /// Its dimensions, outermost first.
  public var shape: [Int] { type.shape }
}

// MARK: - Arithmetic

extension Node {
  /// Elementwise sum; dimensions broadcast as in NumPy.
  public static func + (left: Node, right: Node) throws(GraphError) -> Node {
    try left.builder.add(.binary(.add), [left, right])
  }

  /// Elementwise difference; dimensions broadcast as in NumPy.
  public static func - (left: Node, right: Node) throws(GraphError) -> Node {
    try left.builder.add(.binary(.subtract), [left, right])
  }

  /// Elementwise product; dimensions broadcast as in NumPy.
  public static func * (left: Node, right: Node) throws(GraphError) -> Node {
    try left.builder.add(.binary(.multiply), [left, right])
  }

  /// Elementwise quotient; dimensions broadcast as in NumPy.
  public static func / (left: Node, right: Node) throws(GraphError) -> Node {
    try left.builder.add(.binary(.divide), [left, right])
  }

  /// Every element times a number.
  public static func * (left: Node, right: Float) throws(GraphError) -> Node {
    try left * left.builder.scalar(right)
  }

  /// Every element plus a number.
  public static func + (left: Node, right: Float) throws(GraphError) -> Node {
    try left + left.builder.scalar(right)
  }

  /// Any function of two elements; dimensions broadcast as in NumPy.
  public func combined(_ function: Operator.Binary, _ other: Node) throws(GraphError) -> Node {
    try builder.add(.binary(function), [self, other])
  }

  /// Any function of one element.
  public func map(_ function: Operator.Unary) throws(GraphError) -> Node {
    try builder.add(.unary(function), [self])
  }

  /// The same numbers in another type; the node itself when it has that type.
  public func converted(to elementType: ElementType) throws(GraphError) -> Node {
    type.elementType == elementType ? self : try builder.add(.convert(elementType), [self])
  }

  /// x · sigmoid(1.702 x): the approximation of GELU that CLIP was trained with.
  public func quickGelu() throws(GraphError) -> Node {
    try self * (self * 1.702).map(.sigmoid)
  }
}

// MARK: - Linear algebra and normalisation

extension Node {
  /// Product of the last two dimensions with those of `other`; the others broadcast.
  public func matMul(
    _ other: Node, transposesLeft: Bool = false, transposesRight: Bool = false
  ) throws(GraphError) -> Node {
    try builder.add(.matMul(transposesLeft: transposesLeft, transposesRight: transposesRight), [self, other])
  }

  /// Convolution with a kernel `[out, in, kernelHeight, kernelWidth]`.
  public func convolved(_ kernel: Node, _ geometry: Operator.Convolution) throws(GraphError) -> Node {
    try builder.add(.convolution(geometry), [self, kernel])
  }

  /// Attention of these queries `[…, tokens, width]` to keys and values.
  public func attending(keys: Node, values: Node) throws(GraphError) -> Node {
    try builder.add(.attention, [self, keys, values])
  }

  /// Group normalisation of `[batch, channels, …]` with scale and bias `[channels]`.
  public func groupNormalized(
    groups: Int, epsilon: Float, scale: Node, bias: Node
  ) throws(GraphError) -> Node {
    try builder.add(.groupNormalization(groups: groups, epsilon: epsilon), [self, scale, bias])
  }

  /// Layer normalisation over the last dimension with scale and bias of its width.
  public func layerNormalized(epsilon: Float, scale: Node, bias: Node) throws(GraphError) -> Node {
    let normal = try builder.add(
      .meanVarianceNormalization(axes: [type.rank - 1], epsilon: epsilon), [self])
    return try normal * scale + bias
  }

  /// Clamped to a range and rounded to the nearest of `levels` evenly spaced values in it.
  public func fakeQuantized(levels: Int, in range: ClosedRange<Float>) throws(GraphError) -> Node {
    try builder.add(
      .fakeQuantization(levels: levels),
      [self, builder.scalar(range.lowerBound), builder.scalar(range.upperBound)])
  }

  /// The same values, through which no gradient goes back.
  public func withoutGradient() throws(GraphError) -> Node { try builder.add(.stopGradient, [self]) }

  /// Exponentials normalised along an axis.
  public func softmax(axis: Int) throws(GraphError) -> Node {
    try builder.add(.softmax(axis: axis), [self])
  }

  /// Mean or sum over axes.
  public func reduced(
    _ reduction: Operator.Reduction, axes: [Int], keepsDimensions: Bool = true
  ) throws(GraphError) -> Node {
    try builder.add(.reduce(reduction, axes: axes, keepsDimensions: keepsDimensions), [self])
  }
}

// MARK: - Layout

extension Node {
  /// The same elements under other dimensions.
  public func reshaped(_ shape: [Int]) throws(GraphError) -> Node {
    try builder.add(.reshape(shape), [self])
  }

  /// The dimensions in another order.
  public func transposed(_ order: [Int]) throws(GraphError) -> Node {
    try builder.add(.transpose(order), [self])
  }

  /// This node, then `others`, along an axis.
  public func concatenated(_ others: Node..., axis: Int) throws(GraphError) -> Node {
    try builder.add(.concatenate(axis: axis), [self] + others)
  }

  /// Equal parts along an axis.
  public func split(_ count: Int, axis: Int) throws(GraphError) -> [Node] {
    try builder.addAll(.split(axis: axis, count: count), [self])
  }

  /// A range of indices along an axis.
  public func sliced(_ range: Range<Int>, axis: Int, step: Int = 1) throws(GraphError) -> Node {
    try builder.add(.slice(axis: axis, range: range, step: step), [self])
  }

  /// Elements along an axis chosen by the integers of `indices`.
  public func gathered(_ indices: Node, axis: Int) throws(GraphError) -> Node {
    try builder.add(.gather(axis: axis), [self, indices])
  }

  /// Dimensions of 1 repeated until the shape is reached; the node itself when it has that shape.
  public func broadcast(_ shape: [Int]) throws(GraphError) -> Node {
    self.shape == shape ? self : try builder.add(.broadcast(shape), [self])
  }

  /// Zeros around a picture `[…, height, width]`.
  public func padded(_ padding: Operator.Padding) throws(GraphError) -> Node {
    let outer = [Int](repeating: 0, count: max(type.rank - 2, 0))
    return try builder.add(
      .pad(
        before: outer + [padding.top, padding.left], after: outer + [padding.bottom, padding.right]), [self])
  }

  /// Nearest-neighbour resizing of the last two dimensions.
  public func resizedNearest(height: Int, width: Int) throws(GraphError) -> Node {
    try builder.add(.resizeNearest(height: height, width: width), [self])
  }
}
