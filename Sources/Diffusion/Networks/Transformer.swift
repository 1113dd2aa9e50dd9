import Tensors

/// The UNet's transformer: pixels attend to each other, then to the context.
///
/// `[batch, channels, height, width]` in and out. When the picture's batch is
/// 1 and the context's is not, one picture is computed up to the first attention to the context, and as many as
/// there are contexts from there on.
func spatialTransformer(
  _ x: Node, context: DenoiserContext, heads: Int, depth: Int, _ configuration: UNetConfiguration,
  _ layers: Layers
) throws -> Node {
  let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
  let isLinear = configuration.usesLinearProjection
  var h = try layers.groupNorm("norm", x, groups: configuration.groups, epsilon: 1e-6)
  h =
    isLinear
    ? try layers.linear("proj_in", h.pixelsAsTokens(), to: channels)
    : try layers.convolution("proj_in", h, to: channels, kernel: 1).pixelsAsTokens()
  for index in 0..<depth {
    h = try layers.scope("transformer_blocks.\(index)") {
      try transformerBlock(h, context: context, heads: heads, layers)
    }
  }
  h =
    isLinear
    ? try layers.linear("proj_out", h, to: channels).tokensAsPixels(height: height, width: width)
    : try layers.convolution(
      "proj_out", h.tokensAsPixels(height: height, width: width), to: channels, kernel: 1)
  return try h + x
}

/// Self-attention, cross-attention, feed-forward; each on normalised input, each added to it.
private func transformerBlock(
  _ x: Node, context: DenoiserContext, heads: Int, _ layers: Layers
) throws -> Node {
  var h = try x + selfAttention("attn1", layers.layerNorm("norm1", x), heads: heads, layers)
  if context.isFolded {
    h = try h + crossAttention(h, context, heads: heads, layers)
  } else {
    // Queries of a shared picture meet the keys of every context.
    h = try h.broadcast([max(h.shape[0], context.batch)] + h.shape[1...])
    h = try h + crossAttention(layers.layerNorm("norm2", h), context, heads: heads, layers)
  }
  return try h + gatedFeedForward(layers.layerNorm("norm3", h), layers)
}

private func selfAttention(_ name: String, _ x: Node, heads: Int, _ layers: Layers) throws -> Node {
  try layers.scope(name) {
    try attention(x, to: x, heads: heads, names: .diffusers, hasInputBias: false, layers)
  }
}

private func crossAttention(
  _ x: Node, _ context: DenoiserContext, heads: Int, _ layers: Layers
) throws -> Node {
  try layers.scope("attn2") {
    try attention(
      x, to: context.tokens, heads: heads, names: .diffusers, hasInputBias: false, images: context.images,
      layers)
  }
}

/// Twice four times as wide, one half gating the other, and back.
private func gatedFeedForward(_ x: Node, _ layers: Layers) throws -> Node {
  let width = x.shape[2]
  return try layers.scope("ff.net") {
    let halves = try layers.linear("0.proj", x, to: 8 * width).split(2, axis: 2)
    return try layers.linear("2", halves[0] * halves[1].map(.gelu), to: width)
  }
}
