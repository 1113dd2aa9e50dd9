package import Tensors

/// The way of an IP-Adapter from what CLIP's vision tower says of a picture to context tokens.
///
/// Source: Ye et al. 2023; names as in `ip-adapter_sd15.safetensors` (base) and `ip-adapter-plus_sd15.safetensors`, whose
/// resampler is that of Alayrac et al. 2022.
package struct IPAdapterProjection: StandaloneNetwork {
  package static let name = "IP-Adapter"

  /// The shape of what Plus has in the place of a single layer.
  package struct Resampler: Sendable, Hashable, Codable {
    /// Tokens of a picture that it takes.
    package var inputTokens: Int
    /// Width of its own tokens.
    package var width: Int
    /// Its layers.
    package var depth: Int
    /// Width of all heads together, each of 64.
    package var attentionWidth: Int
    /// Width inside a feed-forward layer.
    package var feedForwardWidth: Int
  }

  /// Width of the features: of CLIP's picture embedding, or of a token of its tower.
  package let featureWidth: Int
  /// Tokens that it makes of a picture.
  package let tokens: Int
  /// Their width.
  package let width: Int
  /// Plus's resampler; nil for the base adapter.
  package var resampler: Resampler?

  /// The shape that weights have; nil where they are of another network.
  init?(_ weights: Checkpoint) {
    func shape(_ name: String) -> [Int] { weights["image_proj.\(name)"]?.shape ?? [] }
    if let width = shape("norm.weight").first, shape("proj.weight").count == 2, width > 0 {
      (featureWidth, self.width) = (shape("proj.weight")[1], width)
      tokens = shape("proj.weight")[0] / width
      return
    }
    let (latents, input, query) = (
      shape("latents"), shape("proj_in.weight"), shape("layers.0.0.to_q.weight")
    )
    guard latents.count == 3, input.count == 2, query.count == 2, query[0].isMultiple(of: Self.headWidth),
      let width = shape("proj_out.weight").first, let wide = shape("layers.0.1.1.weight").first
    else { return nil }
    (featureWidth, tokens, self.width) = (input[1], latents[1], width)
    let depth = (0...).first { weights["image_proj.layers.\($0).0.to_q.weight"] == nil } ?? 0
    resampler = Resampler(
      inputTokens: 257, width: latents[2], depth: depth, attentionWidth: query[0], feedForwardWidth: wide)
  }

  /// The adapter's other weights belong to the denoiser.
  package func named(_ published: Checkpoint) -> Checkpoint {
    var result = published
    result.tensors = published.tensors.filter { $0.key.hasPrefix("image_proj.") }
    return result
  }

  /// The graph of one picture.
  ///
  /// Input: `features` `[1, featureWidth]`, or `[1, inputTokens, featureWidth]` for a resampler. Output: `tokens`
  /// `[1, tokens, width]`.
  package func graph(_ weights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let layers = Layers(builder: builder, weights: weights)
    let made = try layers.scope("image_proj") {
      if let resampler {
        let features = try builder.input("features", .f32, [1, resampler.inputTokens, featureWidth])
        return try resampled(features, resampler, layers)
      }
      let features = try builder.input("features", .f32, [1, featureWidth])
      let wide = try layers.linear("proj", features, to: tokens * width).reshaped([1, tokens, width])
      return try layers.layerNorm("norm", wide)
    }
    return try builder.finish(["tokens": made])
  }

  /// A few learned tokens ask the many of a picture, and each other.
  private func resampled(_ features: Node, _ shape: Resampler, _ layers: Layers) throws -> Node {
    let picture = try layers.linear("proj_in", features, to: shape.width)
    var latents = try layers.weight("latents", [1, tokens, shape.width])
    for index in 0..<shape.depth {
      latents = try layers.scope("layers.\(index)") {
        let h = try latents + layers.scope("0") { try asked(picture, latents, shape, layers) }
        return try h + layers.scope("1") { try feedForward(h, shape, layers) }
      }
    }
    return try layers.layerNorm("norm_out", layers.linear("proj_out", latents, to: width))
  }

  private func asked(_ picture: Node, _ latents: Node, _ shape: Resampler, _ layers: Layers) throws -> Node {
    let latents = try layers.layerNorm("norm2", latents)
    let all = try layers.layerNorm("norm1", picture).concatenated(latents, axis: 1)
    let heads = shape.attentionWidth / Self.headWidth
    let queries = try layers.linear("to_q", latents, to: shape.attentionWidth, hasBias: false)
    let pair = try layers.linear("to_kv", all, to: 2 * shape.attentionWidth, hasBias: false)
      .split(2, axis: 2)
    let mixed = try queries.splitIntoHeads(heads)
      .attending(keys: pair[0].splitIntoHeads(heads), values: pair[1].splitIntoHeads(heads))
    return try layers.linear("to_out", mixed.joinedFromHeads(), to: shape.width, hasBias: false)
  }

  private func feedForward(_ x: Node, _ shape: Resampler, _ layers: Layers) throws -> Node {
    let normal = try layers.layerNorm("0", x)
    let wide = try layers.linear("1", normal, to: shape.feedForwardWidth, hasBias: false).map(.gelu)
    return try layers.linear("3", wide, to: shape.width, hasBias: false)
  }

  private static let headWidth = 64
}
