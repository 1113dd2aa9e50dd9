/// The shape of a UNet2DConditionModel, as its `config.json` says.
public struct UNetConfiguration: Sendable, Hashable, Decodable {
  /// Channels in: 9 for latents, masked latents and mask; 4 for latents alone.
  public var inputChannels: Int
  /// Channels out.
  public var outputChannels: Int
  /// Channels of each resolution, finest first.
  public var blockChannels: [Int]
  /// Residual blocks of each resolution on the way down; one more on the way up.
  public var layersPerBlock: Int
  /// Which resolutions attend to the context.
  public var attends: [Bool]
  /// Heads of each resolution (`attention_head_dim` in the files, which despite its name holds the number).
  public var heads: [Int]
  /// Transformer blocks in each transformer, by resolution.
  public var transformerDepth: [Int]
  /// Width of a context token.
  public var contextWidth: Int
  /// Groups of the group normalisations.
  public var groups: Int
  /// What the residual blocks' normalisations add to variances.
  public var epsilon: Float
  /// The nonlinearity.
  public var activation: Activation
  /// Whether transformers project with matrices on tokens rather than with 1×1 convolutions.
  public var usesLinearProjection: Bool
  /// Whether a time step's cosines come before its sines.
  public var cosinesComeFirst: Bool
  /// Subtracted from the number of frequencies, to space them.
  public var frequencyShift: Float

  /// Reads a diffusers `config.json`, whose missing keys mean diffusers' own defaults.
  ///
  /// - Throws: `InvalidConfiguration` listing all that is mistyped or not supported.
  public init(from decoder: any Decoder) throws {
    var file = try ConfigurationReader(decoder, network: "UNet2DConditionModel")
    let down = file.value(
      "down_block_types", default: Array(repeating: "CrossAttnDownBlock2D", count: 3) + ["DownBlock2D"])
    let up = file.value(
      "up_block_types", default: ["UpBlock2D"] + Array(repeating: "CrossAttnUpBlock2D", count: 3))
    inputChannels = file.count("in_channels", default: 4)
    outputChannels = file.count("out_channels", default: 4)
    blockChannels = file.counts("block_out_channels", default: [320, 640, 1280, 1280])
    layersPerBlock = file.count("layers_per_block", default: 2)
    attends = down.map { $0 == "CrossAttnDownBlock2D" }
    heads = file.perBlock("attention_head_dim", default: 8, blocks: down.count)
    transformerDepth = file.perBlock("transformer_layers_per_block", default: 1, blocks: down.count)
    contextWidth = file.count("cross_attention_dim", default: 1280)
    groups = file.count("norm_num_groups", default: 32)
    epsilon = file.value("norm_eps", default: 1e-5)
    activation = file.activation("act_fn", default: "silu")
    usesLinearProjection = file.value("use_linear_projection", default: false)
    cosinesComeFirst = file.value("flip_sin_to_cos", default: true)
    frequencyShift = file.value("freq_shift", default: 0)
    file.require(blockChannels[0] % 2 == 0, "the first of 'block_out_channels' is odd")
    file.requireSupportedUNet(down: down, up: up, channels: blockChannels.count)
    try file.finish()
  }
}

extension ConfigurationReader {
  fileprivate mutating func requireSupportedUNet(down: [String], up: [String], channels: Int) {
    let names = ["CrossAttnDownBlock2D": "CrossAttnUpBlock2D", "DownBlock2D": "UpBlock2D"]
    for type in down {
      require(names[type] != nil, "'down_block_types' has '\(type)'; supported: \(names.keys.sorted())")
    }
    require(
      up == down.reversed().map { names[$0] ?? $0 }, "'up_block_types' does not mirror 'down_block_types'")
    require(channels == down.count, "'block_out_channels' has \(channels) values for \(down.count) blocks")
    expect("mid_block_type", "UNetMidBlock2DCrossAttn", default: "UNetMidBlock2DCrossAttn")
    expect("resnet_time_scale_shift", "default", default: "default")
    expect("time_embedding_type", "positional", default: "positional")
    expect("attention_type", "default", default: "default")
    expect("downsample_padding", 1, default: 1)
    expect("conv_in_kernel", 3, default: 3)
    expect("conv_out_kernel", 3, default: 3)
    expect("mid_block_scale_factor", 1 as Double, default: 1)
    expect("resnet_out_scale_factor", 1 as Double, default: 1)
    for key in [
      "addition_embed_type", "center_input_sample", "class_embed_type", "class_embeddings_concat",
      "cross_attention_norm", "dual_cross_attention", "encoder_hid_dim", "encoder_hid_dim_type",
      "mid_block_only_cross_attention", "num_attention_heads", "num_class_embeds", "only_cross_attention",
      "resnet_skip_time_act", "reverse_transformer_layers_per_block", "time_cond_proj_dim",
      "time_embedding_act_fn", "time_embedding_dim", "timestep_post_act",
    ] { expectNone(key) }
  }
}
