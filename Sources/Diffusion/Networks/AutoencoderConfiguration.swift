/// The shape of an AutoencoderKL, as its `config.json` says.
public struct AutoencoderConfiguration: Sendable, Hashable, Decodable {
  /// Channels of the pictures that are encoded.
  public var inputChannels: Int
  /// Channels of the pictures that are decoded.
  public var outputChannels: Int
  /// Channels of the latents.
  public var latentChannels: Int
  /// Channels of each resolution, finest first.
  public var blockChannels: [Int]
  /// Residual blocks of each resolution in the encoder; one more in the decoder.
  public var layersPerBlock: Int
  /// Groups of the group normalisations.
  public var groups: Int
  /// The nonlinearity of the residual blocks.
  public var activation: Activation
  /// What latents are multiplied by before the denoiser sees them.
  public var scalingFactor: Float
  /// Whether a 1×1 convolution follows the encoder.
  public var hasQuantConvolution: Bool
  /// Whether a 1×1 convolution precedes the decoder.
  public var hasPostQuantConvolution: Bool
  /// Whether pixels attend to each other at the coarsest resolution.
  public var attendsInTheMiddle: Bool

  /// Pixels of the picture for one of the latents, along either axis: 8.
  public var scale: Int { 1 << (blockChannels.count - 1) }

  /// Reads a diffusers `config.json`, whose missing keys mean diffusers' own defaults.
  ///
  /// - Throws: `InvalidConfiguration` listing all that is mistyped or not supported.
  public init(from decoder: any Decoder) throws {
    var file = try ConfigurationReader(decoder, network: "AutoencoderKL")
    inputChannels = file.count("in_channels", default: 3)
    outputChannels = file.count("out_channels", default: 3)
    latentChannels = file.count("latent_channels", default: 4)
    blockChannels = file.counts("block_out_channels", default: [64])
    layersPerBlock = file.count("layers_per_block", default: 1)
    groups = file.count("norm_num_groups", default: 32)
    activation = file.activation("act_fn", default: "silu")
    scalingFactor = file.value("scaling_factor", default: 0.18215)
    hasQuantConvolution = file.value("use_quant_conv", default: true)
    hasPostQuantConvolution = file.value("use_post_quant_conv", default: true)
    attendsInTheMiddle = file.value("mid_block_add_attention", default: true)
    for (key, type) in [("down_block_types", "DownEncoderBlock2D"), ("up_block_types", "UpDecoderBlock2D")] {
      file.expect(
        key, Array(repeating: type, count: blockChannels.count), default: [type])
    }
    for key in ["shift_factor", "latents_mean", "latents_std"] { file.expectNone(key) }
    try file.finish()
  }
}
