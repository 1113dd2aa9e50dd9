/// The shape of CLIP's vision tower and of what follows it: `image_encoder/config.json`.
///
/// Transformers writes many settings of text generation into every file: what this program does not know is
/// passed over here, unlike in the other configurations.
public struct VisionEncoderConfiguration: Sendable, Equatable {
  /// Which network follows the tower.
  public enum Architecture: String, Sendable, CaseIterable {
    /// Class token → mapper → norm → projection to the context's width.
    case paintByExample = "PaintByExampleImageEncoder"
    /// Class token → projection: CLIP's image embedding.
    case projection = "CLIPVisionModelWithProjection"
    /// The tower alone.
    case tower = "CLIPVisionModel"
  }

  /// An activation by transformers' name.
  public enum HiddenActivation: String, Sendable, CaseIterable {
    /// x·σ(1.702x).
    case quickGELU = "quick_gelu"
    /// x·Φ(x).
    case gelu
  }

  /// Which network follows the tower.
  public var architecture = Architecture.paintByExample
  /// Width of the tower's tokens.
  public var hiddenSize = 1024
  /// Width inside the tower's feed-forward layers.
  public var intermediateSize = 4096
  /// Layers of the tower.
  public var layerCount = 24
  /// Attention heads of the tower.
  public var headCount = 16
  /// Channels of the picture.
  public var channels = 3
  /// Height and width of the picture, in pixels.
  public var imageSize = 224
  /// Height and width of a patch, in pixels.
  public var patchSize = 14
  /// The tower's activation.
  public var activation = HiddenActivation.quickGELU
  /// Epsilon of the tower's layer normalisation.
  public var layerNormEpsilon = 1e-5
  /// Width of the resulting token.
  public var projectionDimension = 768

  /// Blocks of the mapper, which diffusers derives from the tower's depth.
  public var mapperLayerCount: Int { (layerCount + 1) / 5 }
  /// Patches along one side of the picture.
  public var patchesPerSide: Int { imageSize / patchSize }

  /// Paint-by-Example's encoder over CLIP ViT-L/14.
  public init() {}

  /// Reads a configuration file.
  public init(contentsOf path: String) throws(CheckpointError) {
    var reader = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    let model = try reader.string("model_type", default: "clip_vision_model")
    guard model == "clip_vision_model" else {
      throw reader.unsupported("model_type", "is \"\(model)\"; \"clip_vision_model\" expected")
    }
    let names = try reader.strings("architectures", default: [Architecture.paintByExample.rawValue])
    guard let name = names.first, let known = Architecture(rawValue: name) else {
      let supported = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
      throw reader.unsupported("architectures", "is \(names); supported: \(supported)")
    }
    architecture = known
    hiddenSize = try reader.positive("hidden_size", default: 768)
    intermediateSize = try reader.positive("intermediate_size", default: 3072)
    layerCount = try reader.positive("num_hidden_layers", default: 12)
    headCount = try reader.positive("num_attention_heads", default: 12)
    channels = try reader.positive("num_channels", default: 3)
    imageSize = try reader.positive("image_size", default: 224)
    patchSize = try reader.positive("patch_size", default: 32)
    activation = try reader.choice("hidden_act", default: .quickGELU)
    layerNormEpsilon = try reader.number("layer_norm_eps", default: 1e-5)
    let projection = try reader.positive("projection_dim", default: 512)
    projectionDimension = try reader.positive("proj_size", default: projection)
    guard hiddenSize.isMultiple(of: headCount) else {
      throw reader.unsupported("num_attention_heads", "\(headCount) does not divide \(hiddenSize)")
    }
    guard patchSize <= imageSize else {
      throw reader.unsupported("patch_size", "\(patchSize) is more than the picture's \(imageSize)")
    }
  }
}
