package import Tensors

/// The variational autoencoder between pictures and latents, with the layer names of AutoencoderKL.
///
/// Kingma and Welling 2013; Rombach et al. 2022.
package struct Autoencoder: Sendable {
  /// Its shape.
  package let configuration: AutoencoderConfiguration

  /// An autoencoder of this shape.
  package init(_ configuration: AutoencoderConfiguration) { self.configuration = configuration }

  /// The graph from pictures to the latents' distribution.
  ///
  /// Input: `picture` `[batch, channels, height, width]`, values −1…1. Outputs, `[batch, latentChannels, height / 8,
  /// width / 8]` each (8 stands for `configuration.scale`): `mean` and `logVariance`, the latter not yet
  /// clamped to −30…20, neither yet times `scalingFactor`.
  ///
  /// - Parameters:
  ///   - height: of the picture; a multiple of `configuration.scale`, else an error.
  ///   - width: of the picture; likewise.
  package func encoderGraph(_ weights: any Weights, batch: Int = 1, height: Int, width: Int) throws -> Graph {
    let builder = GraphBuilder()
    let picture = try builder.input("picture", .f32, [batch, configuration.inputChannels, height, width])
    let scale = configuration.scale
    guard height % scale == 0, width % scale == 0 else {
      throw GraphError(
        layer: "encoder", operation: "input", message: "\(height)×\(width) is not a multiple of \(scale)")
    }
    let layers = Layers(builder: builder, weights: weights)
    let moments = try encoder(picture, layers).split(2, axis: 1)
    return try builder.finish(["mean": moments[0], "logVariance": moments[1]])
  }

  /// The graph from latents to a picture.
  ///
  /// Input: `latent` `[1, latentChannels, height, width]`, already divided by `scalingFactor`. Output: `picture`
  /// `[1, channels, 8 · height, 8 · width]`, values about −1…1, not clamped.
  package func decoderGraph(_ weights: any Weights, height: Int, width: Int) throws -> Graph {
    let builder = GraphBuilder()
    let latent = try builder.input("latent", .f32, [1, configuration.latentChannels, height, width])
    let layers = Layers(builder: builder, weights: weights)
    return try builder.finish(["picture": decoder(latent, layers)])
  }

  /// Every weight of the published layout, with its shape.
  package var weightShapes: [String: [Int]] { get throws { try weightList.shapes } }

  /// What the network asks for as a whole.
  var weightList: WeightList {
    get throws {
      let list = WeightList()
      _ = try encoderGraph(list, height: 2 * configuration.scale, width: 2 * configuration.scale)
      _ = try decoderGraph(list, height: 2, width: 2)
      return list
    }
  }

  /// From pictures to means and logarithms of variances, one after the other along the channels.
  func encoder(_ picture: Node, _ layers: Layers) throws -> Node {
    let channels = configuration.blockChannels
    let moments = try layers.scope("encoder") {
      var h = try layers.convolution("conv_in", picture, to: channels[0])
      for level in channels.indices {
        h = try layers.scope("down_blocks.\(level)") {
          let h = try residuals(h, to: channels[level], count: configuration.layersPerBlock, layers)
          guard level < channels.count - 1 else { return h }
          return try downsample(h, padding: .init(top: 0, left: 0, bottom: 1, right: 1), layers)
        }
      }
      return try head(midBlock(h, layers), to: 2 * configuration.latentChannels, layers)
    }
    guard configuration.hasQuantConvolution else { return moments }
    return try layers.convolution("quant_conv", moments, to: 2 * configuration.latentChannels, kernel: 1)
  }

  /// From latents, divided by `scalingFactor`, to pictures.
  func decoder(_ latent: Node, _ layers: Layers) throws -> Node {
    let channels = Array(configuration.blockChannels.reversed())
    let z =
      configuration.hasPostQuantConvolution
      ? try layers.convolution("post_quant_conv", latent, to: configuration.latentChannels, kernel: 1)
      : latent
    return try layers.scope("decoder") {
      var h = try midBlock(layers.convolution("conv_in", z, to: channels[0]), layers)
      for level in channels.indices {
        h = try layers.scope("up_blocks.\(level)") {
          let h = try residuals(h, to: channels[level], count: configuration.layersPerBlock + 1, layers)
          guard level < channels.count - 1 else { return h }
          return try upsample(h, height: 2 * h.shape[2], width: 2 * h.shape[3], layers)
        }
      }
      return try head(h, to: configuration.outputChannels, layers)
    }
  }

  private func residuals(_ x: Node, to channels: Int, count: Int, _ layers: Layers) throws -> Node {
    try (0..<count).reduce(x) { h, index in
      try layers.scope("resnets.\(index)") { try resNetBlock(h, to: channels, style, layers) }
    }
  }

  private func midBlock(_ x: Node, _ layers: Layers) throws -> Node {
    try layers.scope("mid_block") {
      var h = try layers.scope("resnets.0") { try resNetBlock(x, to: x.shape[1], style, layers) }
      if configuration.attendsInTheMiddle {
        h = try layers.scope("attentions.0") { try pixelAttention(h, layers) }
      }
      return try layers.scope("resnets.1") { try resNetBlock(h, to: x.shape[1], style, layers) }
    }
  }

  /// One head, every pixel to every other.
  private func pixelAttention(_ x: Node, _ layers: Layers) throws -> Node {
    let normal = try layers.groupNorm("group_norm", x, groups: style.groups, epsilon: style.epsilon)
    let tokens = try normal.pixelsAsTokens()
    let mixed = try attention(
      tokens, to: tokens, heads: 1, names: .diffusers, hasInputBias: true, layers)
    return try x + mixed.tokensAsPixels(height: x.shape[2], width: x.shape[3])
  }

  private func head(_ x: Node, to channels: Int, _ layers: Layers) throws -> Node {
    let normal = try layers.groupNorm("conv_norm_out", x, groups: style.groups, epsilon: style.epsilon)
    // This one is always swish, whatever the blocks use.
    return try layers.convolution("conv_out", normal.map(.swish), to: channels)
  }

  private var style: ResNetStyle {
    ResNetStyle(groups: configuration.groups, epsilon: 1e-6, activation: configuration.activation)
  }
}
