import Foundations

/// The shape of a CLIP text tower: `text_encoder/config.json`.
///
/// What this program does not know is passed over, as in the image encoder's file.
package struct CLIPTextConfiguration: Sendable, Hashable, Codable {
  /// Ids that tokens may have.
  package var vocabularySize = 49408
  /// Tokens of a prompt, start, end and padding among them.
  package var tokens = 77
  /// Width of a token.
  package var width = 768
  /// Width inside a feed-forward layer.
  package var feedForwardWidth = 3072
  /// Transformer layers.
  package var depth = 12
  /// Heads of every attention.
  package var heads = 12
  /// The nonlinearity.
  package var activation = Activation.quickGelu
  /// What layer normalisations add to variances.
  package var epsilon: Float = 1e-5

  /// CLIP ViT-L/14's, which Stable Diffusion 1 was trained with.
  package init() {}

  /// Reads a configuration file, whose missing keys mean transformers' own defaults. Of a whole CLIP, both towers, it is the
  /// text tower's part.
  ///
  /// - Throws: `CheckpointError.unsupportedConfiguration` listing everything that is mistyped or not supported.
  package init(contentsOf path: String) throws(CheckpointError) {
    var file = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    if file.string("model_type", default: "") == "clip" {
      var tower = file.nested("text_config")
      readTower(&tower)
      try file.finishIgnoringTheRest()
      try tower.finishIgnoringTheRest()
      return
    }
    let names = file.strings("architectures", default: ["CLIPTextModel"])
    if names != ["CLIPTextModel"] {
      file.fault("architectures", "is \(names); supported: [\"CLIPTextModel\"]")
    }
    readTower(&file)
    try file.finishIgnoringTheRest()
  }

  private mutating func readTower(_ file: inout ConfigurationFileReader) {
    let model = file.string("model_type", default: "clip_text_model")
    if model != "clip_text_model" { file.fault("model_type", "is \"\(model)\", not \"clip_text_model\"") }
    vocabularySize = file.integer("vocab_size", default: 49408)
    if !(1...1 << 20).contains(vocabularySize) { file.fault("vocab_size", "is \(vocabularySize)") }
    tokens = file.count("max_position_embeddings", default: 77)
    if tokens < 2 { file.fault("max_position_embeddings", "is \(tokens), too few for start and end") }
    width = file.count("hidden_size", default: 512)
    feedForwardWidth = file.count("intermediate_size", default: 2048)
    depth = file.count("num_hidden_layers", default: 12)
    heads = file.count("num_attention_heads", default: 8)
    activation = file.activation("hidden_act", default: .quickGelu)
    epsilon = Float(file.number("layer_norm_eps", default: 1e-5))
    if !width.isMultiple(of: heads) { file.fault("num_attention_heads", "\(heads) does not divide \(width)") }
    // diffusers then hides the padding, which no published model of Stable Diffusion asks for.
    file.require(["use_attention_mask": .bool(false)])
  }
}
