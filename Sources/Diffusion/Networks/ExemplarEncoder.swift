package import Tensors

/// What of an exemplar becomes the denoiser's context.
public enum ExemplarTokens: String, Sendable, Hashable, Codable, CaseIterable {
  /// The class token alone, through the mapper: the paper's content bottleneck.
  case classToken
  /// The class token and every patch, through the mapper: the paper's naive solution.
  case allTokens
}

/// The exemplar's way into the denoiser: CLIP vision tower, mapper, projection.
///
/// Yang et al. 2023, section 3.2, with the layer names of PaintByExampleImageEncoder.
package struct ExemplarEncoder: Sendable {
  /// The shape of its vision tower, from which that of the mapper follows.
  package let configuration: CLIPVisionConfiguration

  /// An encoder of this shape.
  package init(_ configuration: CLIPVisionConfiguration) { self.configuration = configuration }

  /// The graph from an exemplar to its context.
  ///
  /// Input: `exemplar` `[1, channels, imageSize, imageSize]`, normalised by CLIP's mean and deviation. Output:
  /// `context` `[1, 1 or configuration.tokens, projectionWidth]`.
  package func graph(_ weights: any Weights, tokens: ExemplarTokens = .classToken) throws -> Graph {
    let (layers, pixels) = try start(weights)
    var h = try layers.scope("model.vision_model") { try clipVision(pixels, configuration, layers) }
    if tokens == .classToken { h = try h.sliced(0..<1, axis: 1) }
    return try layers.builder.finish(["context": mapped(h, layers)])
  }

  /// The tower alone, for several exemplars at once: input as above; output `token` `[batch, 1 or
  /// configuration.tokens, width]`, what the mapper takes.
  package func towerGraph(_ weights: any Weights, batch: Int = 1, tokens: ExemplarTokens = .classToken) throws
    -> Graph
  {
    let (layers, pixels) = try start(weights, batch: batch)
    var h = try layers.scope("model.vision_model") { try clipVision(pixels, configuration, layers) }
    if tokens == .classToken { h = try h.sliced(0..<1, axis: 1) }
    return try layers.builder.finish(["token": h])
  }

  /// All tokens before the tower's last layer, what IP-Adapter Plus takes: input as above; output `tokens` `[1,
  /// configuration.tokens, width]`. The weights are those of CLIPVisionModelWithProjection.
  package func penultimateGraph(_ weights: any Weights) throws -> Graph {
    let (layers, pixels) = try start(weights)
    let h = try layers.scope("vision_model") { try clipVision(pixels, configuration, skipped: 1, layers) }
    return try layers.builder.finish(["tokens": h])
  }

  /// Tokens of the tower, `[batch, tokens, width]`, through mapper, normalisation and projection.
  func mapped(_ tokens: Node, _ layers: Layers) throws -> Node {
    var h = tokens
    for index in 0..<mapperDepth {
      h = try layers.scope("mapper.blocks.\(index)") { try mapperBlock(h, layers) }
    }
    h = try layers.layerNorm("final_layer_norm", h)
    return try layers.linear("proj_out", h, to: configuration.projectionWidth)
  }

  /// The graph of CLIP's own picture embedding, without mapper.
  ///
  /// Input as above. Output: `embedding` `[1, projectionWidth]`, not normalised. The weights are those of
  /// CLIPVisionModelWithProjection.
  package func embeddingGraph(_ weights: any Weights) throws -> Graph {
    let (layers, pixels) = try start(weights)
    return try layers.builder.finish(["embedding": embedding(pixels, layers)])
  }

  /// CLIP's own embeddings of pictures as above, `[batch, projectionWidth]`.
  func embedding(_ pixels: Node, _ layers: Layers) throws -> Node {
    let tokens = try layers.scope("vision_model") { try clipVision(pixels, configuration, layers) }
    let pooled = try tokens.sliced(0..<1, axis: 1).reshaped([pixels.shape[0], configuration.width])
    return try layers.linear(
      "visual_projection", pooled, to: configuration.projectionWidth, hasBias: false)
  }

  /// The learned context that stands for no exemplar, `[1, 1, projectionWidth]`.
  package func unconditionalContext(_ weights: any Weights) throws -> Constant {
    try weights.constant("uncond_vector", shape: [1, 1, configuration.projectionWidth])
  }

  /// Every weight of the published layout, with its shape.
  package var weightShapes: [String: [Int]] { get throws { try weightList.shapes } }

  /// What the network asks for as a whole.
  var weightList: WeightList {
    get throws {
      let list = WeightList()
      switch configuration.architecture {
      case .paintByExample:
        // With more than one token nothing is folded away.
        _ = try graph(list, tokens: .allTokens)
        _ = try unconditionalContext(list)
      case .projection: _ = try embeddingGraph(list)
      }
      return list
    }
  }

  /// Whether a weight belongs to what the paper trains: all but CLIP's vision tower.
  package static func isTrained(_ name: String) -> Bool { !name.hasPrefix("model.") }

  /// Blocks of the mapper.
  private var mapperDepth: Int { (configuration.depth + 1) / 5 }

  private func start(_ weights: any Weights, batch: Int = 1) throws -> (Layers, Node) {
    let builder = GraphBuilder()
    let side = configuration.imageSize
    let pixels = try builder.input("exemplar", .f32, [batch, configuration.channels, side, side])
    return (Layers(builder: builder, weights: weights), pixels)
  }

  /// Self-attention with one head, then feed-forward.
  private func mapperBlock(_ x: Node, _ layers: Layers) throws -> Node {
    let normal = try layers.layerNorm("norm1", x)
    let h =
      try x
      + layers.scope("attn1") {
        try attention(normal, to: normal, heads: 1, names: .diffusers, hasInputBias: true, layers)
      }
    let again = try layers.layerNorm("norm3", h)
    return try h
      + layers.scope("ff.net") {
        let wide = try layers.linear("0.proj", again, to: 4 * configuration.width)
        return try layers.linear("2", wide.map(.gelu), to: configuration.width)
      }
  }
}
