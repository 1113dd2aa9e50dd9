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
    let builder = GraphBuilder()
    let tokens = try builder.input("tokens", .i64, [batch, configuration.tokens])
    let layers = Layers(builder: builder, weights: weights)
    let context = try layers.scope("text_model") {
      let h = try layers.scope("embeddings") { try embeddings(tokens, layers) }
      let transformer = CLIPTransformer(
        width: configuration.width, feedForwardWidth: configuration.feedForwardWidth,
        heads: configuration.heads, activation: configuration.activation, epsilon: configuration.epsilon,
        isCausal: true)
      return try layers.layerNorm(
        "final_layer_norm", transformer(h, depth: configuration.depth - skipped, layers),
        epsilon: configuration.epsilon)
    }
    return try builder.finish(["context": context])
  }

  /// Every weight of the published layout, with its shape.
  package var weightShapes: [String: [Int]] {
    get throws {
      let list = WeightList()
      _ = try graph(list)
      return list.shapes
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
