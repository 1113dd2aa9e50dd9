import Foundations

/// The shape of a UNet2DConditionModel: `unet/config.json` of a diffusers folder.
package struct UNetConfiguration: Sendable, Hashable {
  /// Channels in: 9 for latents, masked latents and mask; 4 for latents alone.
  package var inputChannels = 4
  /// Channels out.
  package var outputChannels = 4
  /// Channels of each resolution, finest first.
  package var blockChannels = [320, 640, 1280, 1280]
  /// Residual blocks of each resolution on the way down; one more on the way up.
  package var layersPerBlock = 2
  /// Which resolutions attend to the context.
  package var attends = [true, true, true, false]
  /// Heads of each resolution (`attention_head_dim` in the files, which despite its name holds the number).
  package var heads = [8, 8, 8, 8]
  /// Transformer blocks in each transformer, by resolution.
  package var transformerDepth = [1, 1, 1, 1]
  /// Width of a context token.
  package var contextWidth = 768
  /// Groups of the group normalisations.
  package var groups = 32
  /// What the residual blocks' normalisations add to variances.
  package var epsilon: Float = 1e-5
  /// The nonlinearity.
  package var activation = Activation.swish
  /// Whether transformers project with matrices on tokens rather than with 1×1 convolutions.
  package var usesLinearProjection = false
  /// Whether a time step's cosines come before its sines.
  package var cosinesComeFirst = true
  /// Subtracted from the number of frequencies, to space them.
  package var frequencyShift: Float = 0
  /// Height and width of the latents trained on, where the file says so.
  package var sampleSize: Int? = 64

  /// Stable Diffusion 1's network.
  package init() {}

  /// Stable Diffusion 1's network with Paint-by-Example's nine input channels.
  package static let paintByExample: UNetConfiguration = {
    var configuration = UNetConfiguration()
    configuration.inputChannels = 9
    return configuration
  }()

  /// Reads a configuration file, whose missing keys mean diffusers' own defaults.
  ///
  /// - Throws: `CheckpointError.unsupportedConfiguration` listing everything that is mistyped or not supported.
  package init(contentsOf path: String) throws(CheckpointError) {
    var file = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    file.checkClass("UNet2DConditionModel")
    readBlocks(&file)
    inputChannels = file.count("in_channels", default: 4)
    outputChannels = file.count("out_channels", default: 4)
    layersPerBlock = file.sameForAll("layers_per_block", blocks: attends.count, default: 2)
    contextWidth = file.count("cross_attention_dim", default: 1280)
    groups = file.count("norm_num_groups", default: 32)
    epsilon = Float(file.number("norm_eps", default: 1e-5))
    activation = file.activation("act_fn", default: .swish)
    usesLinearProjection = file.bool("use_linear_projection", default: false)
    cosinesComeFirst = file.bool("flip_sin_to_cos", default: true)
    frequencyShift = Float(file.integer("freq_shift", default: 0))
    sampleSize = file.value("sample_size")?.integer
    file.require(Self.onlySupported)
    try file.finish(ignoring: [
      "upcast_attention", "addition_embed_type_num_heads", "dropout", "use_memory_efficient_attention",
    ])
  }

  private mutating func readBlocks(_ file: inout ConfigurationFileReader) {
    let mirror = ["CrossAttnDownBlock2D": "CrossAttnUpBlock2D", "DownBlock2D": "UpBlock2D"]
    let down = file.strings(
      "down_block_types", default: Array(repeating: "CrossAttnDownBlock2D", count: 3) + ["DownBlock2D"])
    let up = file.strings(
      "up_block_types", default: ["UpBlock2D"] + Array(repeating: "CrossAttnUpBlock2D", count: 3))
    for type in Set(down).sorted() where mirror[type] == nil {
      file.fault("down_block_types", "holds \"\(type)\"; supported: \(mirror.keys.sorted())")
    }
    if up != down.reversed().map({ mirror[$0] ?? $0 }) {
      file.fault("up_block_types", "does not mirror \"down_block_types\"")
    }
    attends = down.map { $0 == "CrossAttnDownBlock2D" }
    blockChannels = file.counts("block_out_channels", blocks: down.count, default: [320, 640, 1280, 1280])
    // diffusers' own misnomer: without `num_attention_heads`, `attention_head_dim` is the number of heads.
    let key = file.value("num_attention_heads") == nil ? "attention_head_dim" : "num_attention_heads"
    _ = file.value("attention_head_dim")
    heads = file.perBlock(key, blocks: down.count, default: 8)
    transformerDepth = file.perBlock("transformer_layers_per_block", blocks: down.count, default: 1)
    for (channels, heads) in zip(blockChannels, heads) where !channels.isMultiple(of: heads) {
      file.fault(key, "\(heads) heads do not divide \(channels) channels")
    }
    if blockChannels.first?.isMultiple(of: 2) == false {
      file.fault("block_out_channels", "starts with an odd number")
    }
  }

  private static let onlySupported: [String: JSONValue] = [
    "mid_block_type": .string("UNetMidBlock2DCrossAttn"),
    "center_input_sample": .bool(false),
    "only_cross_attention": .bool(false),
    "dual_cross_attention": .bool(false),
    "downsample_padding": .number(1),
    "mid_block_scale_factor": .number(1),
    "resnet_time_scale_shift": .string("default"),
    "resnet_out_scale_factor": .number(1),
    "time_embedding_type": .string("positional"),
    "conv_in_kernel": .number(3),
    "conv_out_kernel": .number(3),
    "attention_type": .string("default"),
  ]
}
