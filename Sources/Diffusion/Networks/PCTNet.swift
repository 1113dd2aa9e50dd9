package import Tensors

/// The harmonizer PCT-Net with the transformer backbone: for every place an affine map of colours that brings an object
/// that was pasted into the light of its scene.
///
/// Source: Guerreiro, Nakazawa, Stenger, "PCT-Net: Full Resolution Image Harmonization Using Pixel-Wise Color
/// Transformations", CVPR 2023; layer names are those of the published `PCTNet_ViT.pth`.
package struct PCTNet: StandaloneNetwork {
  package static let name = "PCT-Net"

  /// Side in pixels of the picture that it sees.
  package var size = 256
  /// Width of a token.
  package var width = 256
  /// Layers of the transformer.
  package var depth = 9
  /// Heads of every attention.
  package var heads = 2
  /// Width inside a feed-forward layer.
  package var feedForwardWidth = 512

  /// The published shape.
  package init() {}

  /// The shape that published weights have; of others, width and depth are theirs, and the rest is as published.
  package init(weightsAt path: String) throws(CheckpointError) {
    let weights = try WeightFiles(at: path).checkpoint()
    if let embedding = weights["encoder.patch_to_embedding.1.weight"], let first = embedding.shape.first,
      first > 0, first.isMultiple(of: heads)
    {
      width = first
    }
    let layers = weights.tensors.keys.compactMap { name in
      name.wholeMatch(of: /encoder\.transformer_enc\.layers\.(\d+)\.norm1\.weight/).flatMap { Int($0.1) }
    }
    depth = layers.max().map { $0 + 1 } ?? depth
    if let wide = weights["encoder.transformer_enc.layers.0.linear1.weight"]?.shape.first {
      feedForwardWidth = wide
    }
  }

  /// Numbers of one map: a 3×3 matrix, row by row, and what is added.
  package static let mapLength = 12
  private static let patch = 4

  /// The graph from a composite to the maps.
  ///
  /// Input: `composite` `[1, 4, size, size]`, red, green, blue and the object's mask, each 0…1. Output: `maps`
  /// `[1, 12, size, size]`.
  package func graph(_ weights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let composite = try builder.input("composite", .f32, [1, 4, size, size])
    let layers = Layers(builder: builder, weights: weights)
    let tokens = try layers.scope("encoder") {
      let patches = try layers.linear("patch_to_embedding.1", patches(of: composite), to: width)
      return try (0..<depth).reduce(patches) { h, index in
        try layers.scope("transformer_enc.layers.\(index)") { try layer(h, layers) }
      }
    }
    let maps = try layers.scope("encoder.dec.0") { try spread(tokens, layers) }.map(.tanh)
    return try builder.finish([
      "maps": layers.convolution("get_params", maps, to: Self.mapLength, kernel: 1)
    ])
  }

  /// Squares of pixels as tokens `[1, tokens, 64]`: row by row, in a row pixel by pixel, in a pixel its four values.
  private func patches(of composite: Node) throws -> Node {
    let (count, side) = (size / Self.patch, Self.patch)
    return try composite.reshaped([1, 4, count, side, count, side]).transposed([0, 2, 4, 3, 5, 1])
      .reshaped([1, count * count, side * side * 4])
  }

  /// Attention and feed-forward, each added to its input and normalised afterwards.
  private func layer(_ x: Node, _ layers: Layers) throws -> Node {
    let attended = try layers.scope("self_attn") { try attention(x, layers) }
    let h = try layers.layerNorm("norm1", x + attended)
    let wide = try layers.linear("linear1", h, to: feedForwardWidth).map(.gelu)
    return try layers.layerNorm("norm2", h + layers.linear("linear2", wide, to: width))
  }

  /// Queries, keys and values come from one matrix.
  private func attention(_ x: Node, _ layers: Layers) throws -> Node {
    let product = try x.matMul(layers.weight("in_proj_weight", [3 * width, width]), transposesRight: true)
    let parts = try (product + layers.weight("in_proj_bias", [3 * width])).split(3, axis: 2)
      .map { try $0.splitIntoHeads(heads) }
    let mixed = try parts[0].attending(keys: parts[1], values: parts[2]).joinedFromHeads()
    return try layers.linear("out_proj", mixed, to: width)
  }

  /// A transposed convolution whose stride is its kernel's size: every token becomes a square of pixels.
  private func spread(_ tokens: Node, _ layers: Layers) throws -> Node {
    let (count, side, channels) = (size / Self.patch, Self.patch, Self.mapLength)
    let weight = try layers.weight(
      "weight", [width, channels, side, side], seenAs: [width, channels * side * side])
    let squares = try tokens.matMul(weight).reshaped([1, count, count, channels, side, side])
    let picture = try squares.transposed([0, 3, 1, 4, 2, 5]).reshaped([1, channels, size, size])
    return try picture + layers.weight("bias", [channels], seenAs: [1, channels, 1, 1])
  }
}
