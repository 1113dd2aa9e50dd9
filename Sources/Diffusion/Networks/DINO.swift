package import Tensors

/// The vision transformer of DINO and DINOv2: from a picture to its class token, in which what a picture shows counts, and
/// of two objects of one kind which of them it is.
///
/// Sources: Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", 2021; Oquab et al., "DINOv2:
/// Learning Robust Visual Features without Supervision", 2023. Layer names are those of transformers' Dinov2Model.
package struct DINO: StandaloneNetwork {
  package static let name = "DINO"

  /// Side in pixels of the picture that it sees.
  package var size = 224
  /// Side of a patch, in pixels.
  package var patchSize = 16
  /// Patches on a side of the picture whose positions were learnt.
  package var positions = 14
  /// Width of a token; every head has 64 of it.
  package var width = 384
  /// Layers of the transformer.
  package var depth = 12
  /// Width inside a feed-forward layer.
  package var feedForwardWidth = 1536
  /// Whether what a layer adds is scaled channel by channel, as DINOv2 does.
  package var hasLayerScale = false

  /// The published shape of DINO's ViT-S/16.
  package init() {}

  /// The shape that published weights have; what they do not tell is as in ViT-S/16.
  package init(weightsAt path: String) throws(CheckpointError) {
    let weights = named(try WeightFiles(at: path).checkpoint())
    if let patches = weights["embeddings.patch_embeddings.projection.weight"]?.shape, patches.count == 4 {
      if patches[0] > 0, patches[0].isMultiple(of: Self.headWidth) { width = patches[0] }
      if patches[3] > 0, size.isMultiple(of: patches[3]) { patchSize = patches[3] }
    }
    if let places = weights["embeddings.position_embeddings"]?.shape, places.count == 3, places[1] > 1 {
      positions = Int(Double(places[1] - 1).squareRoot())
    }
    let layers = weights.tensors.keys.compactMap { name in
      name.wholeMatch(of: /encoder\.layer\.(\d+)\.norm1\.weight/).flatMap { Int($0.1) }
    }
    depth = layers.max().map { $0 + 1 } ?? depth
    if let wide = weights["encoder.layer.0.mlp.fc1.weight"]?.shape.first { feedForwardWidth = wide }
    hasLayerScale = weights["encoder.layer.0.layer_scale1.lambda1"] != nil
  }

  private static let headWidth = 64
  // DINO as transformers has it says 10⁻¹², which differs from this by less than single precision tells apart.
  private static let epsilon: Float = 1e-6

  package func named(_ published: Checkpoint) -> Checkpoint {
    Checkpoint(
      tensors: published.tensors.reduce(into: [:]) { tensors, next in
        for (name, tensor) in DINONames.rename(next.key, next.value) { tensors[name] = tensor }
      }, metadata: published.metadata, files: published.files)
  }

  /// The graph from a picture to its class token.
  ///
  /// Input: `picture` `[1, 3, size, size]`, normalised. Output: `token` `[1, width]`, after the last normalisation.
  package func graph(_ weights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let picture = try builder.input("picture", .f32, [1, 3, size, size])
    let layers = Layers(builder: builder, weights: weights)
    return try builder.finish([
      "token": layers.layerNorm("layernorm", classToken(of: picture, layers), epsilon: Self.epsilon)
    ])
  }

  /// The class token behind the last layer, before the last normalisation, `[1, width]`.
  func classToken(of picture: Node, _ layers: Layers) throws -> Node {
    let tokens = try layers.scope("embeddings") { try embeddings(picture, layers) }
    let mixed = try (0..<depth).reduce(tokens) { h, index in
      try layers.scope("encoder.layer.\(index)") { try layer(h, layers) }
    }
    return try mixed.sliced(0..<1, axis: 1).reshaped([1, width])
  }

  /// Patches behind the class token, plus their positions.
  private func embeddings(_ picture: Node, _ layers: Layers) throws -> Node {
    let patches = try layers.convolution(
      "patch_embeddings.projection", picture, to: width, kernel: patchSize, stride: patchSize, padding: .zero)
    let tokens = try layers.weight("cls_token", [1, 1, width])
      .concatenated(patches.pixelsAsTokens(), axis: 1)
    let places = try layers.weight("position_embeddings", [1, 1 + positions * positions, width])
    let count = size / patchSize
    guard count != positions else { return try tokens + places }
    let grid = try places.sliced(1..<1 + positions * positions, axis: 1)
    let enlarged = try resized(grid, to: count, layers.builder)
    return try tokens + places.sliced(0..<1, axis: 1).concatenated(enlarged, axis: 1)
  }

  /// Positions for another number of patches, bicubically, rows and then columns.
  private func resized(_ grid: Node, to count: Int, _ builder: GraphBuilder) throws -> Node {
    let matrix = try builder.constant(
      Constant(
        Tensor(Self.interpolation(from: positions, to: count), shape: [count, positions])))
    let rows = try matrix.matMul(grid.reshaped([positions, positions * width]))
      .reshaped([count, positions, width]).transposed([1, 0, 2])
    let columns = try matrix.matMul(rows.reshaped([positions, count * width]))
    return try columns.reshaped([count, count, width]).transposed([1, 0, 2])
      .reshaped([1, count * count, width])
  }

  /// What each of `length` values counts in each of `newLength`: Keys' cubic with a = −¾ that does not widen when it
  /// shrinks, the edge repeated, as torch's `interpolate` has it.
  private static func interpolation(from length: Int, to newLength: Int) -> [Float] {
    var matrix = [Float](repeating: 0, count: newLength * length)
    for place in 0..<newLength {
      let centre = (Double(place) + 0.5) * Double(length) / Double(newLength) - 0.5
      let start = Int(centre.rounded(.down))
      for neighbour in start - 1...start + 2 {
        let column = min(max(neighbour, 0), length - 1)
        matrix[place * length + column] += Float(cubic(abs(centre - Double(neighbour))))
      }
    }
    return matrix
  }

  private static func cubic(_ x: Double) -> Double {
    let a = -0.75
    return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
  }

  /// Attention and feed-forward, each on normalised input, each added to it.
  private func layer(_ x: Node, _ layers: Layers) throws -> Node {
    let normal = try layers.layerNorm("norm1", x, epsilon: Self.epsilon)
    let attended = try layers.scope("attention") {
      try attention(
        normal, to: normal, heads: width / Self.headWidth, names: .vision, hasInputBias: true, layers)
    }
    let h = try x + scaled("layer_scale1", attended, layers)
    let again = try layers.layerNorm("norm2", h, epsilon: Self.epsilon)
    let wide = try layers.linear("mlp.fc1", again, to: feedForwardWidth).map(.gelu)
    return try h + scaled("layer_scale2", layers.linear("mlp.fc2", wide, to: width), layers)
  }

  private func scaled(_ name: String, _ x: Node, _ layers: Layers) throws -> Node {
    guard hasLayerScale else { return x }
    return try x * layers.scope(name) { try layers.weight("lambda1", [width]) }
  }
}

extension AttentionNames {
  /// As transformers' vision transformers do.
  static let vision = AttentionNames(
    query: "attention.query", key: "attention.key", value: "attention.value", output: "output.dense")
}
