package import Tensors

/// The text tower of CLIP, Radford et al. 2021: a prompt's way into the denoiser, with the layer names of CLIPTextModel.
///
/// Padding is attended to like words, as Stable Diffusion was trained.
package struct TextEncoder: Sendable {
  /// Its shape.
  package let configuration: CLIPTextConfiguration

  /// An encoder of this shape.
  package init(_ configuration: CLIPTextConfiguration) { self.configuration = configuration }

  /// The graph from prompts to contexts.
  ///
  /// Input: `tokens`, i64 `[batch, configuration.tokens]`, ids below `configuration.vocabularySize`. Output: `context`
  /// `[batch, configuration.tokens, configuration.width]`.
  ///
  /// - Parameter skipped: how many of the last layers are left out; the final normalisation never is.
  package func graph(_ weights: any Weights, batch: Int = 1, skipped: Int = 0) throws -> Graph {
    let (layers, tokens) = try start(weights, batch: batch)
    return try layers.builder.finish(["context": tower(tokens, skipped: skipped, layers)])
  }

  /// The graph of CLIP's own text embedding, of one prompt.
  ///
  /// Input: `tokens` as above, one batch, and `end` i64 `[1]`, the place of the end of the prompt among them. Output:
  /// `embedding` `[1, projectionWidth]`, not normalised. The weights are those of CLIPTextModelWithProjection.
  package func embeddingGraph(_ weights: any Weights, projectionWidth: Int) throws -> Graph {
    let (layers, tokens) = try start(weights, batch: 1)
    let end = try layers.builder.input("end", .i64, [1])
    let context = try tower(tokens, skipped: 0, layers)
    let pooled = try context.gathered(end, axis: 1).reshaped([1, configuration.width])
    let embedding = try layers.linear("text_projection", pooled, to: projectionWidth, hasBias: false)
    return try layers.builder.finish(["embedding": embedding])
  }

  private func start(_ weights: any Weights, batch: Int) throws -> (Layers, Node) {
    let builder = GraphBuilder()
    let tokens = try builder.input("tokens", .i64, [batch, configuration.tokens])
    return (Layers(builder: builder, weights: weights), tokens)
  }

  /// Prompts' tokens, each through the final normalisation.
  private func tower(_ tokens: Node, skipped: Int, _ layers: Layers) throws -> Node {
    try layers.scope("text_model") {
      let h = try layers.scope("embeddings") { try embeddings(tokens, layers) }
      let transformer = CLIPTransformer(
        width: configuration.width, feedForwardWidth: configuration.feedForwardWidth,
        heads: configuration.heads, activation: configuration.activation, epsilon: configuration.epsilon,
        isCausal: true)
      return try layers.layerNorm(
        "final_layer_norm", transformer(h, depth: configuration.depth - skipped, layers),
        epsilon: configuration.epsilon)
    }
  }

  /// Every weight of the published layout, with its shape.
  package var weightShapes: [String: [Int]] { get throws { try weightList.shapes } }

  /// What the network asks for as a whole.
  var weightList: WeightList {
    get throws {
      let list = WeightList()
      _ = try graph(list)
      return list
    }
  }

  /// What tokens mean, plus where they stand.
  private func embeddings(_ tokens: Node, _ layers: Layers) throws -> Node {
    let meanings = try layers.scope("token_embedding") {
      try layers.weight("weight", [configuration.vocabularySize, configuration.width])
    }
    let positions = try layers.scope("position_embedding") {
      try layers.weight("weight", [configuration.tokens, configuration.width])
    }
    return try meanings.gathered(tokens, axis: 0) + positions
  }
}
