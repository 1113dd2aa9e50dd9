import Tensors

/// Makes the layers all networks are built of. A layer's weights go by the path of the scopes it is in.
struct Layers {
  let builder: GraphBuilder
  let weights: any Weights
  /// What is added to some of the matrices; nil for none.
  var adaptation: LowRankAdaptation? = nil

  /// Layers made in `body` belong to `name` inside the present scope.
  func scope<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    try builder.scope(name, body)
  }

  /// The weight `name` of the present scope, as single-precision numbers, seen under other dimensions if wanted.
  ///
  /// A quantised one is widened and scaled in the graph, where an engine may keep it as it is.
  func weight(_ name: String, _ shape: [Int], seenAs view: [Int]? = nil) throws -> Node {
    let path = builder.layer.isEmpty ? name : builder.layer + "." + name
    let constant = try weights.constant(path, shape: shape)
    let view = view ?? shape
    let values = try builder.constant(constant.reshaped(view)).converted(to: .f32)
    guard constant.type.elementType == .i8 else { return values }
    let channels = [shape[0]]
    return try values
      * weight(
        name + QuantizedLayer.scaleEnding, channels, seenAs: channels + view.dropFirst().map { _ in 1 })
  }

  /// What a layer multiplies by its weight: quantised if that layer's operands are.
  private func operand(_ x: Node) throws -> Node {
    guard let range = try weights.inputRange(of: builder.layer) else { return x }
    return try x.fakeQuantized(levels: QuantizedLayer.levels, in: range)
  }

  /// `x · Wᵀ + b` over the last dimension.
  func linear(_ name: String, _ x: Node, to width: Int, hasBias: Bool = true) throws -> Node {
    try scope(name) {
      let inputWidth = x.shape[x.shape.count - 1]
      var product = try operand(x).matMul(weight("weight", [width, inputWidth]), transposesRight: true)
      if let adaptation, adaptation.layers.contains(name) {
        let few = try x.matMul(
          weight("lora_A.weight", [adaptation.rank, inputWidth]), transposesRight: true)
        let change = try few.matMul(
          weight("lora_B.weight", [width, adaptation.rank]), transposesRight: true)
        product = try product + change * adaptation.scale
      }
      return hasBias ? try product + weight("bias", [width]) : product
    }
  }

  /// A convolution of `[batch, channels, height, width]` with a square kernel and a bias.
  func convolution(
    _ name: String, _ x: Node, to channels: Int, kernel: Int = 3, stride: Int = 1,
    padding: Operator.Padding? = nil, hasBias: Bool = true
  ) throws -> Node {
    try scope(name) {
      let geometry = Operator.Convolution(stride: stride, padding: padding ?? .all(kernel / 2))
      let picture = try operand(x).convolved(
        weight("weight", [channels, x.shape[1], kernel, kernel]), geometry)
      return hasBias ? try picture + weight("bias", [channels], seenAs: [1, channels, 1, 1]) : picture
    }
  }

  /// Group normalisation of `[batch, channels, height, width]`.
  func groupNorm(_ name: String, _ x: Node, groups: Int, epsilon: Float) throws -> Node {
    try scope(name) {
      let channels = [x.shape[1]]
      return try x.groupNormalized(
        groups: groups, epsilon: epsilon, scale: weight("weight", channels), bias: weight("bias", channels))
    }
  }

  /// Layer normalisation over the last dimension.
  func layerNorm(_ name: String, _ x: Node, epsilon: Float = 1e-5) throws -> Node {
    try scope(name) {
      let width = [x.shape[x.shape.count - 1]]
      return try x.layerNormalized(
        epsilon: epsilon, scale: weight("weight", width), bias: weight("bias", width))
    }
  }
}

/// A network's nonlinearity.
package enum Activation: String, Sendable, Hashable, Codable {
  /// x · sigmoid(x).
  case swish
  /// x · Φ(x), exactly.
  case gelu
  /// x · sigmoid(1.702 x), CLIP's.
  case quickGelu
  /// max(x, 0).
  case relu

  func callAsFunction(_ x: Node) throws -> Node {
    switch self {
    case .swish: try x.map(.swish)
    case .gelu: try x.map(.gelu)
    case .quickGelu: try x.quickGelu()
    case .relu: try x.map(.relu)
    }
  }
}
