/// The shape of a variational autoencoder: `vae/config.json` of a diffusers folder.
public struct DeclaredAutoencoder: Sendable, Equatable {
  /// Channels of a picture.
  public var inChannels = 3
  /// Channels of a decoded picture.
  public var outChannels = 3
  /// Channels of the latents.
  public var latentChannels = 4
  /// Channels at each resolution, finest first; each but the last halves height and width.
  public var blockOutChannels = [128, 256, 512, 512]
  /// Residual layers at each resolution of the encoder; the decoder has one more.
  public var layersPerBlock = 2
  /// Groups of every group normalisation.
  public var normGroupCount = 32
  /// The activation.
  public var activation = DeclaredActivation.silu
  /// What latents are multiplied by after encoding and divided by before decoding.
  public var scalingFactor = 0.18215
  /// Whether the middle of encoder and decoder attends.
  public var middleAttends = true
  /// Whether a 1×1 convolution follows the encoder.
  public var hasQuantConvolution = true
  /// Whether a 1×1 convolution precedes the decoder.
  public var hasPostQuantConvolution = true

  /// Stable Diffusion 1's autoencoder.
  public init() {}

  /// Reads a configuration file. Options this program does not support are refused by name.
  public init(contentsOf path: String) throws(CheckpointError) {
    var reader = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    try reader.checkClass("AutoencoderKL")
    inChannels = try reader.positive("in_channels", default: 3)
    outChannels = try reader.positive("out_channels", default: 3)
    latentChannels = try reader.positive("latent_channels", default: 4)
    let down = try reader.strings("down_block_types", default: ["DownEncoderBlock2D"])
    let up = try reader.strings("up_block_types", default: ["UpDecoderBlock2D"])
    for type in down where type != "DownEncoderBlock2D" {
      throw reader.unsupported("down_block_types", "holds \"\(type)\"; supported: \"DownEncoderBlock2D\"")
    }
    for type in up where type != "UpDecoderBlock2D" {
      throw reader.unsupported("up_block_types", "holds \"\(type)\"; supported: \"UpDecoderBlock2D\"")
    }
    guard !down.isEmpty, up.count == down.count else {
      throw reader.unsupported("up_block_types", "has not as many blocks as \"down_block_types\"")
    }
    blockOutChannels = try reader.integers("block_out_channels", count: down.count, default: 64)
    layersPerBlock = try reader.positive("layers_per_block", default: 1)
    normGroupCount = try reader.positive("norm_num_groups", default: 32)
    activation = try reader.choice("act_fn", default: .silu)
    scalingFactor = try reader.number("scaling_factor", default: 0.18215)
    middleAttends = try reader.bool("mid_block_add_attention", default: true)
    hasQuantConvolution = try reader.bool("use_quant_conv", default: true)
    hasPostQuantConvolution = try reader.bool("use_post_quant_conv", default: true)
    try reader.require(["shift_factor": .number(0)])
    try reader.finish(ignoring: ["sample_size", "force_upcast"])
  }
}
