import Tensors

/// The vision tower of CLIP, Radford et al. 2021: `[batch, channels, size, size]`, normalised, to tokens
/// `[batch, tokens, width]`, the class token first, each through the final normalisation.
///
/// - Parameter skipped: how many of the last layers are left out, and then the final normalisation with them.
func clipVision(
  _ pixels: Node, _ configuration: CLIPVisionConfiguration, skipped: Int = 0, _ layers: Layers
) throws -> Node {
  var h = try layers.scope("embeddings") { try embeddings(pixels, configuration, layers) }
  h = try layers.layerNorm("pre_layrnorm", h, epsilon: configuration.epsilon)
  let transformer = CLIPTransformer(
    width: configuration.width, feedForwardWidth: configuration.feedForwardWidth, heads: configuration.heads,
    activation: configuration.activation, epsilon: configuration.epsilon, isCausal: false)
  h = try transformer(h, depth: configuration.depth - skipped, layers)
  guard skipped == 0 else { return h }
  return try layers.layerNorm("post_layernorm", h, epsilon: configuration.epsilon)
}

/// Patches as tokens behind the class token, plus their positions.
private func embeddings(
  _ pixels: Node, _ configuration: CLIPVisionConfiguration, _ layers: Layers
) throws -> Node {
  let width = configuration.width
  let patches = try layers.convolution(
    "patch_embedding", pixels, to: width, kernel: configuration.patchSize, stride: configuration.patchSize,
    padding: .zero, hasBias: false)
  let classToken = try layers.weight("class_embedding", [width], seenAs: [1, 1, width])
    .broadcast([pixels.shape[0], 1, width])
  let positions = try layers.scope("position_embedding") {
    try layers.weight("weight", [configuration.tokens, width])
  }
  return try classToken.concatenated(patches.pixelsAsTokens(), axis: 1) + positions
}
