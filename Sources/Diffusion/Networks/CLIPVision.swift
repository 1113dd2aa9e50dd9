import Tensors

/// The shape of a CLIP vision tower, as its `config.json` says.
public struct CLIPVisionConfiguration: Sendable, Hashable, Decodable {
  /// Width of a token.
  public var width: Int
  /// Width inside a feed-forward layer.
  public var feedForwardWidth: Int
  /// Transformer layers.
  public var depth: Int
  /// Heads of every attention.
  public var heads: Int
  /// Side of the square pictures, in pixels.
  public var imageSize: Int
  /// Side of a square patch, in pixels.
  public var patchSize: Int
  /// Channels of the pictures.
  public var channels: Int
  /// The nonlinearity.
  public var activation: Activation
  /// What layer normalisations add to variances.
  public var epsilon: Float
  /// Width of what a projection at the end makes.
  public var projectionWidth: Int

  /// Tokens of a picture: the class token and one for every patch.
  public var tokens: Int { 1 + (imageSize / patchSize) * (imageSize / patchSize) }

  /// Reads a transformers `config.json`, whose missing keys mean that library's own defaults.
  ///
  /// - Throws: `InvalidConfiguration` listing all that is mistyped or not supported.
  public init(from decoder: any Decoder) throws {
    var file = try ConfigurationReader(decoder, network: "CLIPVisionModel")
    width = file.count("hidden_size", default: 768)
    feedForwardWidth = file.count("intermediate_size", default: 3072)
    depth = file.count("num_hidden_layers", default: 12)
    heads = file.count("num_attention_heads", default: 12)
    imageSize = file.count("image_size", default: 224)
    patchSize = file.count("patch_size", default: 32)
    channels = file.count("num_channels", default: 3)
    activation = file.activation("hidden_act", default: "quick_gelu")
    epsilon = file.value("layer_norm_eps", default: 1e-5)
    // PaintByExampleImageEncoder asks for 768 when the file is silent; CLIP itself for 512.
    projectionWidth = file.count("projection_dim", default: 768)
    file.require(imageSize >= patchSize, "'patch_size' does not fit 'image_size'")
    file.require(width % heads == 0, "'hidden_size' does not divide by 'num_attention_heads'")
    try file.finish()
  }
}

/// The vision tower of CLIP, Radford et al. 2021: `[batch, channels, size, size]`, normalised, to tokens
/// `[batch, tokens, width]`, the class token first, each through the final normalisation.
func clipVision(_ pixels: Node, _ configuration: CLIPVisionConfiguration, _ layers: Layers) throws -> Node {
  var h = try layers.scope("embeddings") { try embeddings(pixels, configuration, layers) }
  h = try layers.layerNorm("pre_layrnorm", h, epsilon: configuration.epsilon)
  for index in 0..<configuration.depth {
    h = try layers.scope("encoder.layers.\(index)") { try encoderLayer(h, configuration, layers) }
  }
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

private func encoderLayer(
  _ x: Node, _ configuration: CLIPVisionConfiguration, _ layers: Layers
) throws -> Node {
  let normal = try layers.layerNorm("layer_norm1", x, epsilon: configuration.epsilon)
  let h =
    try x
    + layers.scope("self_attn") {
      try attention(
        normal, to: normal, heads: configuration.heads, names: .clip, hasInputBias: true, layers)
    }
  let again = try layers.layerNorm("layer_norm2", h, epsilon: configuration.epsilon)
  return try h
    + layers.scope("mlp") {
      let wide = try layers.linear("fc1", again, to: configuration.feedForwardWidth)
      return try layers.linear("fc2", configuration.activation(wide), to: configuration.width)
    }
}
