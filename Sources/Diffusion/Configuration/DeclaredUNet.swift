/// The shape of a conditional UNet: `unet/config.json` of a diffusers folder.
public struct DeclaredUNet: Sendable, Equatable {
  /// Channels of the input: 4 for latents alone, 9 with a masked picture's latents and the mask.
  public var inChannels = 4
  /// Channels of the output.
  public var outChannels = 4
  /// Channels at each resolution, finest first.
  public var blockOutChannels = [320, 640, 1280, 1280]
  /// Residual layers at each resolution.
  public var layersPerBlock = [2, 2, 2, 2]
  /// Whether each resolution, on the way down, has attention.
  public var downBlocksAttend = [true, true, true, false]
  /// Whether each resolution, on the way up (coarsest first), has attention.
  public var upBlocksAttend = [false, true, true, true]
  /// Attention heads at each resolution.
  public var attentionHeads = [8, 8, 8, 8]
  /// Transformer blocks in each attention layer, by resolution.
  public var transformerLayersPerBlock = [1, 1, 1, 1]
  /// Width of the context tokens.
  public var crossAttentionDimension = 768
  /// Whether the projections around the transformer blocks are linear rather than 1×1 convolutions.
  public var usesLinearProjection = false
  /// Groups of every group normalisation.
  public var normGroupCount = 32
  /// Epsilon of the residual layers' normalisation.
  public var normEpsilon = 1e-5
  /// The activation.
  public var activation = DeclaredActivation.silu
  /// Whether the time embedding holds cosines before sines.
  public var flipsSineToCosine = true
  /// Shift of the time embedding's frequencies.
  public var frequencyShift = 0
  /// Padding of the downsampling convolutions, in pixels.
  public var downsamplePadding = 1
  /// Height and width of the latents trained on; nil when not stated.
  public var sampleSize: Int? = 64

  /// Stable Diffusion 1's network with Paint-by-Example's nine input channels.
  public static let paintByExample: DeclaredUNet = {
    var configuration = DeclaredUNet()
    configuration.inChannels = 9
    return configuration
  }()

  /// Stable Diffusion 1's network.
  public init() {}

  /// Reads a configuration file. Options this program does not support are refused by name.
  public init(contentsOf path: String) throws(CheckpointError) {
    var reader = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    try reader.checkClass("UNet2DConditionModel")
    inChannels = try reader.positive("in_channels", default: 4)
    outChannels = try reader.positive("out_channels", default: 4)
    try readBlocks(&reader)
    try readAttention(&reader)
    normGroupCount = try reader.positive("norm_num_groups", default: 32)
    normEpsilon = try reader.number("norm_eps", default: 1e-5)
    activation = try reader.choice("act_fn", default: .silu)
    flipsSineToCosine = try reader.bool("flip_sin_to_cos", default: true)
    frequencyShift = try reader.integer("freq_shift", default: 0)
    downsamplePadding = try reader.integer("downsample_padding", default: 1)
    sampleSize = reader.value("sample_size")?.integer
    try reader.require(DeclaredUNet.onlySupported)
    try reader.finish(ignoring: [
      "upcast_attention", "addition_embed_type_num_heads", "dropout", "use_memory_efficient_attention",
    ])
  }

  private mutating func readBlocks(_ reader: inout ConfigurationFileReader) throws(CheckpointError) {
    let down = try reader.strings(
      "down_block_types",
      default: ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"])
    let up = try reader.strings(
      "up_block_types",
      default: ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"])
    downBlocksAttend = try reader.attending(
      down, in: "down_block_types", plain: "DownBlock2D", attending: "CrossAttnDownBlock2D")
    upBlocksAttend = try reader.attending(
      up, in: "up_block_types", plain: "UpBlock2D", attending: "CrossAttnUpBlock2D")
    guard !down.isEmpty, up.count == down.count else {
      throw reader.unsupported("up_block_types", "has not as many blocks as \"down_block_types\"")
    }
    if reader.value("block_out_channels") == nil, down.count != 4 {
      throw reader.unsupported("block_out_channels", "is missing")
    }
    blockOutChannels =
      reader.value("block_out_channels") == nil
      ? [320, 640, 1280, 1280]
      : try reader.integers("block_out_channels", count: down.count, default: 320)
    layersPerBlock = try reader.integers("layers_per_block", count: down.count, default: 2)
  }

  private mutating func readAttention(_ reader: inout ConfigurationFileReader) throws(CheckpointError) {
    let count = blockOutChannels.count
    // diffusers' own misnomer: without `num_attention_heads`, `attention_head_dim` is the number of heads.
    let heads = reader.value("num_attention_heads") == nil ? "attention_head_dim" : "num_attention_heads"
    _ = reader.value("attention_head_dim")
    attentionHeads = try reader.integers(heads, count: count, default: 8)
    transformerLayersPerBlock = try reader.integers("transformer_layers_per_block", count: count, default: 1)
    crossAttentionDimension = try reader.positive("cross_attention_dim", default: 1280)
    usesLinearProjection = try reader.bool("use_linear_projection", default: false)
    for (channels, heads) in zip(blockOutChannels, attentionHeads) where !channels.isMultiple(of: heads) {
      throw reader.unsupported("attention_head_dim", "\(heads) heads do not divide \(channels) channels")
    }
  }

  private static let onlySupported: [String: ConfigurationValue] = [
    "mid_block_type": .string("UNetMidBlock2DCrossAttn"),
    "center_input_sample": .bool(false),
    "only_cross_attention": .bool(false),
    "dual_cross_attention": .bool(false),
    "mid_block_scale_factor": .number(1),
    "resnet_time_scale_shift": .string("default"),
    "resnet_out_scale_factor": .number(1),
    "time_embedding_type": .string("positional"),
    "conv_in_kernel": .number(3),
    "conv_out_kernel": .number(3),
    "attention_type": .string("default"),
  ]
}

/// An activation function by diffusers' name.
public enum DeclaredActivation: String, Sendable, CaseIterable {
  /// x·σ(x).
  case silu
  /// The same under its other name.
  case swish
}

extension ConfigurationFileReader {
  /// Refuses a file that says it configures another class.
  mutating func checkClass(_ expected: String) throws(CheckpointError) {
    let found = try string("_class_name", default: expected)
    guard found == expected else {
      throw unsupported("_class_name", "is \"\(found)\"; \"\(expected)\" expected")
    }
  }

  /// For each block, whether it is of the attending type.
  func attending(
    _ types: [String], in name: String, plain: String, attending: String
  ) throws(CheckpointError) -> [Bool] {
    var attends: [Bool] = []
    for type in types {
      guard type == plain || type == attending else {
        throw unsupported(name, "holds \"\(type)\"; supported: \"\(plain)\", \"\(attending)\"")
      }
      attends.append(type == attending)
    }
    return attends
  }
}
