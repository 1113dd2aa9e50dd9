package import Tensors

/// The denoiser: predicts the noise in latents, given a time step and a context.
///
/// Ronneberger et al. 2015; Rombach et al. 2022, with the layer names of UNet2DConditionModel.
package struct UNet: Sendable {
  /// Its shape.
  package let configuration: UNetConfiguration

  /// A denoiser of this shape.
  package init(_ configuration: UNetConfiguration) { self.configuration = configuration }

  /// The graph of one step.
  ///
  /// Inputs: `sample` `[pictures, inputChannels, height, width]`; `time` `[1, blockChannels[0]]`, which
  /// `timestepEmbedding` makes; `context` `[batch, tokens, contextWidth]`; with tokens of pictures, `images`
  /// `[batch, imageTokens, contextWidth]` and `scale` `[1]`, how much these count. Output: `noise`
  /// `[batch, outputChannels, height, width]`. With `caching`, `features` are one more of either; a graph that takes them
  /// has none of the inputs that deep layers alone attend to.
  ///
  /// - Parameters:
  ///   - weights: the published weights, fused or not.
  ///   - height: of the latents; any number from 1 on. A picture has 8 times as many rows.
  ///   - width: of the latents.
  ///   - batch: how many contexts; 2 for a guidance pair.
  ///   - tokens: of each context. One is folded: no query and no key is computed.
  ///   - imageTokens: of the pictures of an IP-Adapter, whose weights are then asked for beside the denoiser's.
  ///   - pictures: as many as contexts, or 1, shared by all, whose first layers are then computed once.
  ///   - caching: whether the deep layers' features are given out, or taken instead of computing them.
  package func graph(
    _ weights: any Weights, height: Int, width: Int, batch: Int = 1, tokens: Int = 1, imageTokens: Int = 0,
    pictures: Int = 1, caching: FeatureCaching? = nil
  ) throws -> Graph {
    let builder = GraphBuilder()
    let sample = try builder.input("sample", .f32, [pictures, configuration.inputChannels, height, width])
    let time = try builder.input("time", .f32, [1, configuration.blockChannels[0]])
    let images =
      imageTokens == 0
      ? nil
      : ImageContext(
        tokens: try builder.input("images", .f32, [batch, imageTokens, configuration.contextWidth]),
        scale: try builder.input("scale", .f32, [1]))
    let context = DenoiserContext(
      tokens: try builder.input("context", .f32, [batch, tokens, configuration.contextWidth]), images: images)
    let layers = Layers(builder: builder, weights: weights)
    var features = Features(caching)
    let noise = try noise(sample, time: time, context: context, &features, layers)
    // Shallow layers may attend to nothing.
    let optional: Set = features.isShallow ? ["context", "images", "scale"] : []
    return if let kept = features.kept {
      try builder.finish(["noise": noise, "features": kept])
    } else {
      try builder.finish(["noise": noise], optionalInputs: optional)
    }
  }

  /// Every weight of the published layout, with its shape.
  package var weightShapes: [String: [Int]] { get throws { try weightList.shapes } }

  /// What the network asks for as a whole.
  var weightList: WeightList {
    get throws {
      let list = WeightList()
      // With more than one token of context, and more than one pixel at the coarsest resolution, nothing is folded.
      let side = 2 << (configuration.blockChannels.count - 1)
      _ = try graph(list, height: side, width: side, tokens: 2)
      return list
    }
  }

  /// The layers that attend to the context, in the order in which diffusers lists them: on the way down, on the way up, in
  /// the middle.
  package var crossAttentions: [String] {
    let levels = configuration.blockChannels.indices
    func layers(_ block: String, _ level: Int, count: Int) -> [String] {
      (0..<count).flatMap { index in
        (0..<configuration.transformerDepth[level]).map {
          "\(block).attentions.\(index).transformer_blocks.\($0).attn2"
        }
      }
    }
    let down = levels.filter { configuration.attends[$0] }
      .flatMap { layers("down_blocks.\($0)", $0, count: configuration.layersPerBlock) }
    let up = levels.reversed().filter { configuration.attends[$0] }
      .flatMap { layers("up_blocks.\(levels.count - 1 - $0)", $0, count: configuration.layersPerBlock + 1) }
    return down + up + layers("mid_block", levels.count - 1, count: 1)
  }

  /// The noise in latents. `time` has one row for all pictures, or one for each.
  func noise(_ sample: Node, time: Node, context: DenoiserContext, _ layers: Layers) throws -> Node {
    var features = Features(nil)
    return try noise(sample, time: time, context: context, &features, layers)
  }

  private func noise(
    _ sample: Node, time: Node, context: DenoiserContext, _ features: inout Features, _ layers: Layers
  ) throws -> Node {
    let time = try timeEmbedding(time, layers)
    var h = try layers.convolution("conv_in", sample, to: configuration.blockChannels[0])
    features.skips = [h]
    for level in configuration.blockChannels.indices where features.wantsSkips {
      h = try layers.scope("down_blocks.\(level)") {
        try downBlock(h, level, time: time, context: context, &features, layers)
      }
    }
    h =
      if case .taking(let branch) = features.caching {
        try layers.builder.input(
          "features", .f32, featureShape(branch, batch: context.tokens.shape[0], skip: features.skips[branch])
        )
      } else {
        try layers.scope("mid_block") { try midBlock(h, time: time, context: context, layers) }
      }
    for level in configuration.blockChannels.indices.reversed()
    where features.skips.count > level * skipsPerLevel {
      h = try layers.scope("up_blocks.\(configuration.blockChannels.count - 1 - level)") {
        try upBlock(h, level, time: time, context: context, &features, layers)
      }
    }
    h = try layers.groupNorm("conv_norm_out", h, groups: style.groups, epsilon: style.epsilon)
    return try layers.convolution("conv_out", style.activation(h), to: configuration.outputChannels)
  }

  /// Through two layers and, once for all residual blocks, the nonlinearity.
  private func timeEmbedding(_ features: Node, _ layers: Layers) throws -> Node {
    try layers.scope("time_embedding") {
      let width = 4 * configuration.blockChannels[0]
      let h = try style.activation(layers.linear("linear_1", features, to: width))
      return try style.activation(layers.linear("linear_2", h, to: width))
    }
  }

  private func downBlock(
    _ x: Node, _ level: Int, time: Node, context: DenoiserContext, _ features: inout Features,
    _ layers: Layers
  ) throws -> Node {
    var h = x
    for index in 0..<configuration.layersPerBlock where features.wantsSkips {
      h = try residual(h, level, index, time: time, layers)
      h = try attended(h, level, index, context: context, layers)
      features.skips.append(h)
    }
    if level < configuration.blockChannels.count - 1, features.wantsSkips {
      h = try downsample(h, padding: .all(1), layers)
      features.skips.append(h)
    }
    return h
  }

  private func midBlock(_ x: Node, time: Node, context: DenoiserContext, _ layers: Layers) throws -> Node {
    let level = configuration.blockChannels.count - 1
    var h = try residual(x, level, 0, time: time, layers)
    h = try transformer(h, level, 0, context: context, layers)
    return try residual(h, level, 1, time: time, layers)
  }

  private func upBlock(
    _ x: Node, _ level: Int, time: Node, context: DenoiserContext, _ features: inout Features,
    _ layers: Layers
  ) throws -> Node {
    var h = x
    for index in 0...configuration.layersPerBlock
    where features.skips.count == (level + 1) * skipsPerLevel - index {
      // A skip from before the first context may still be shared by all of them.
      let skip = features.next(beside: h)
      let spread = try skip.broadcast([h.shape[0]] + skip.shape[1...])
      h = try residual(h.concatenated(spread, axis: 1), level, index, time: time, layers)
      h = try attended(h, level, index, context: context, layers)
    }
    guard level > 0, let next = features.skips.last else { return h }
    // Odd sizes were rounded up on the way down: the next skip tells the size.
    return try upsample(h, height: next.shape[2], width: next.shape[3], layers)
  }

  private func residual(_ x: Node, _ level: Int, _ index: Int, time: Node, _ layers: Layers) throws -> Node {
    try layers.scope("resnets.\(index)") {
      try resNetBlock(x, time: time, to: configuration.blockChannels[level], style, layers)
    }
  }

  private func attended(
    _ x: Node, _ level: Int, _ index: Int, context: DenoiserContext, _ layers: Layers
  ) throws -> Node {
    configuration.attends[level] ? try transformer(x, level, index, context: context, layers) : x
  }

  private func transformer(
    _ x: Node, _ level: Int, _ index: Int, context: DenoiserContext, _ layers: Layers
  ) throws -> Node {
    try layers.scope("attentions.\(index)") {
      try spatialTransformer(
        x, context: context, heads: configuration.heads[level],
        depth: configuration.transformerDepth[level], configuration, layers)
    }
  }

  private var style: ResNetStyle {
    ResNetStyle(
      groups: configuration.groups, epsilon: configuration.epsilon, activation: configuration.activation)
  }
}
