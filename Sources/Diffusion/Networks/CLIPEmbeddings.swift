package import Tensors

/// CLIP's way from a picture to the space that it shares with texts.
///
/// Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021. Layer names are
/// those of transformers' CLIPModel.
package struct CLIPPictureEmbedding: StandaloneNetwork {
  package static let name = "CLIP (pictures)"

  /// The shape of its vision tower.
  package let configuration: CLIPVisionConfiguration

  /// The shape that `config.json` beside the weights says: a whole CLIP's, or that of a vision tower with projection.
  package init(weightsAt path: String) throws(CheckpointError) {
    configuration = try CLIPVisionConfiguration(contentsOf: try WeightFiles(at: path).configuration())
    guard configuration.architecture == .projection else {
      throw CheckpointError(
        .unsupportedConfiguration, in: path,
        "its config.json is that of \(configuration.architecture.rawValue), not CLIP's")
    }
  }

  package func named(_ published: Checkpoint) -> Checkpoint {
    published.withCurrentNames(of: .vision).keeping(["vision_model.", "visual_projection."])
  }

  /// The graph from a picture to its embedding.
  ///
  /// Input: `exemplar` `[1, channels, imageSize, imageSize]`, normalised by CLIP's mean and deviation. Output:
  /// `embedding` `[1, projectionWidth]`, not normalised.
  package func graph(_ weights: any Weights) throws -> Graph {
    try ExemplarEncoder(configuration).embeddingGraph(weights)
  }
}

/// CLIP's way from a text to the space that it shares with pictures.
package struct CLIPTextEmbedding: StandaloneNetwork {
  package static let name = "CLIP (texts)"

  /// The shape of its text tower.
  package let configuration: CLIPTextConfiguration
  /// Numbers of an embedding.
  package let projectionWidth: Int

  /// The shape that `config.json` beside a whole CLIP's weights says.
  package init(weightsAt path: String) throws(CheckpointError) {
    let file = try WeightFiles(at: path).configuration()
    configuration = try CLIPTextConfiguration(contentsOf: file)
    projectionWidth = try CLIPVisionConfiguration(contentsOf: file).projectionWidth
  }

  package func named(_ published: Checkpoint) -> Checkpoint {
    published.keeping(["text_model.", "text_projection."])
  }

  /// The graph from a text to its embedding.
  ///
  /// Inputs: `tokens` i64 `[1, configuration.tokens]`; `end` i64 `[1]`, the place of the text's end among them. Output:
  /// `embedding` `[1, projectionWidth]`, not normalised.
  package func graph(_ weights: any Weights) throws -> Graph {
    try TextEncoder(configuration).embeddingGraph(weights, projectionWidth: projectionWidth)
  }

  /// A text as the network takes it.
  ///
  /// - Parameter folder: of the tokenizer's files.
  package func words(_ text: String, tokenizer folder: String) throws(CheckpointError) -> PromptTokens {
    try CLIPTokenizer(folder: folder).prompt(text, length: configuration.tokens)
  }

  /// The network's inputs.
  package func inputs(_ words: PromptTokens) -> [String: Tensor] {
    [
      "tokens": Tensor(integers: words.ids.map(Int64.init), shape: [1, configuration.tokens]),
      "end": Tensor(integers: [Int64(words.count + 1)], shape: [1]),
    ]
  }
}

extension WeightFiles {
  /// The path of the `config.json` beside the weights.
  func configuration() throws(CheckpointError) -> String {
    if let file = settings.first(where: { $0.hasSuffix("/config.json") }) { return file }
    throw CheckpointError(
      .unreadable, in: weights[0], "there is no config.json beside it; name the folder that has both")
  }
}

extension Checkpoint {
  /// The tensors whose names begin so, but for the places of tokens, which are no weights.
  fileprivate func keeping(_ prefixes: [String]) -> Checkpoint {
    Checkpoint(
      tensors: tensors.filter { name, _ in
        prefixes.contains(where: name.hasPrefix) && !name.hasSuffix(".position_ids")
      }, metadata: metadata, files: files)
  }
}
