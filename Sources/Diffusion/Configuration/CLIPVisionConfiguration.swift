import Foundations

/// The shape of a CLIP vision tower and of what follows it: `image_encoder/config.json`.
///
/// transformers writes many settings of text generation into every file: what this program does not know is
/// passed over here, unlike in the other configurations.
package struct CLIPVisionConfiguration: Sendable, Hashable, Codable {
  /// Which network follows the tower.
  package enum Architecture: String, Sendable, Codable, CaseIterable {
    /// Class token → mapper → normalisation → projection to the context's width.
    case paintByExample = "PaintByExampleImageEncoder"
    /// Class token → projection: CLIP's image embedding.
    case projection = "CLIPVisionModelWithProjection"
  }

  /// Which network follows the tower.
  package var architecture = Architecture.paintByExample
  /// Width of a token.
  package var width = 1024
  /// Width inside a feed-forward layer.
  package var feedForwardWidth = 4096
  /// Transformer layers.
  package var depth = 24
  /// Heads of every attention.
  package var heads = 16
  /// Side of the square pictures, in pixels.
  package var imageSize = 224
  /// Side of a square patch, in pixels.
  package var patchSize = 14
  /// Channels of the pictures.
  package var channels = 3
  /// The nonlinearity.
  package var activation = Activation.quickGelu
  /// What layer normalisations add to variances.
  package var epsilon: Float = 1e-5
  /// Width of what the projection at the end makes.
  package var projectionWidth = 768

  /// Tokens of a picture: the class token and one for every patch.
  package var tokens: Int { 1 + (imageSize / patchSize) * (imageSize / patchSize) }

  /// Paint-by-Example's encoder over CLIP ViT-L/14.
  package init() {}

  /// Reads a configuration file, whose missing keys mean transformers' own defaults. Of a whole CLIP, both towers, it is the
  /// vision tower's part.
  ///
  /// - Throws: `CheckpointError.unsupportedConfiguration` listing everything that is mistyped or not supported.
  package init(contentsOf path: String) throws(CheckpointError) {
    var file = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    if file.string("model_type", default: "") == "clip" {
      architecture = .projection
      projectionWidth = file.count("projection_dim", default: 512)
      var tower = file.nested("vision_config")
      readTower(&tower)
      try file.finishIgnoringTheRest()
      try tower.finishIgnoringTheRest()
      return
    }
    let names = file.strings("architectures", default: [Architecture.paintByExample.rawValue])
    if let known = names.first.flatMap(Architecture.init(rawValue:)) {
      architecture = known
    } else {
      file.fault("architectures", "is \(names); supported: \(Architecture.allCases.map(\.rawValue))")
    }
    // PaintByExampleImageEncoder asks for 768 when the file is silent; CLIP itself for 512.
    let projection = file.count("projection_dim", default: architecture == .paintByExample ? 768 : 512)
    projectionWidth = file.count("proj_size", default: projection)
    readTower(&file)
    try file.finishIgnoringTheRest()
  }

  private mutating func readTower(_ file: inout ConfigurationFileReader) {
    let model = file.string("model_type", default: "clip_vision_model")
    if model != "clip_vision_model" { file.fault("model_type", "is \"\(model)\", not \"clip_vision_model\"") }
    width = file.count("hidden_size", default: 768)
    feedForwardWidth = file.count("intermediate_size", default: 3072)
    depth = file.count("num_hidden_layers", default: 12)
    heads = file.count("num_attention_heads", default: 12)
    channels = file.count("num_channels", default: 3)
    imageSize = file.count("image_size", default: 224)
    patchSize = file.count("patch_size", default: 32)
    activation = file.activation("hidden_act", default: .quickGelu)
    epsilon = Float(file.number("layer_norm_eps", default: 1e-5))
    if !width.isMultiple(of: heads) { file.fault("num_attention_heads", "\(heads) does not divide \(width)") }
    if patchSize > imageSize {
      file.fault("patch_size", "\(patchSize) is more than the picture's \(imageSize)")
    }
  }
}
