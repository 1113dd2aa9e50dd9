import Tensors

/// The transformer that both of CLIP's towers are (Radford et al. 2021).
struct CLIPTransformer {
  /// Width of a token.
  var width: Int
  /// Width inside a feed-forward layer.
  var feedForwardWidth: Int
  /// Heads of every attention.
  var heads: Int
  /// The nonlinearity.
  var activation: Activation
  /// What layer normalisations add to variances.
  var epsilon: Float
  /// Whether a token attends to itself and those before it alone.
  var isCausal: Bool

  /// So many layers on tokens `[batch, tokens, width]`.
  func callAsFunction(_ x: Node, depth: Int, _ layers: Layers) throws -> Node {
    try (0..<depth).reduce(x) { h, index in
      try layers.scope("encoder.layers.\(index)") { try layer(h, layers) }
    }
  }

  /// Attention and feed-forward, each on normalised input, each added to it.
  private func layer(_ x: Node, _ layers: Layers) throws -> Node {
    let normal = try layers.layerNorm("layer_norm1", x, epsilon: epsilon)
    let h =
      try x
      + layers.scope("self_attn") {
        try attention(
          normal, to: normal, heads: heads, names: .clip, hasInputBias: true, isCausal: isCausal, layers)
      }
    let again = try layers.layerNorm("layer_norm2", h, epsilon: epsilon)
    return try h
      + layers.scope("mlp") {
        let wide = try layers.linear("fc1", again, to: feedForwardWidth)
        return try layers.linear("fc2", activation(wide), to: width)
      }
  }
}
