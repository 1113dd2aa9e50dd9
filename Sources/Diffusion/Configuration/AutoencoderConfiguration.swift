import Foundations

/// The shape of an AutoencoderKL: `vae/config.json` of a diffusers folder.
package struct AutoencoderConfiguration: Sendable, Hashable {
  /// Channels of the pictures that are encoded.
  package var inputChannels = 3
  /// Channels of the pictures that are decoded.
  package var outputChannels = 3
  /// Channels of the latents.
  package var latentChannels = 4
  /// Channels of each resolution, finest first.
  package var blockChannels = [128, 256, 512, 512]
  /// Residual blocks of each resolution in the encoder; one more in the decoder.
  package var layersPerBlock = 2
  /// Groups of the group normalisations.
  package var groups = 32
  /// The nonlinearity of the residual blocks.
  package var activation = Activation.swish
  /// What latents are multiplied by before the denoiser sees them.
  package var scalingFactor: Float = 0.18215
  /// Whether a 1×1 convolution follows the encoder.
  package var hasQuantConvolution = true
  /// Whether a 1×1 convolution precedes the decoder.
  package var hasPostQuantConvolution = true
  /// Whether pixels attend to each other at the coarsest resolution.
  package var attendsInTheMiddle = true

  /// Pixels of the picture for one of the latents, along either axis: 8.
  package var scale: Int { 1 << (blockChannels.count - 1) }

  /// Stable Diffusion 1's autoencoder.
  package init() {}

  /// Reads a configuration file, whose missing keys mean diffusers' own defaults.
  ///
  /// - Throws: `CheckpointError.unsupportedConfiguration` listing everything that is mistyped or not supported.
  package init(contentsOf path: String) throws(CheckpointError) {
    var file = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    file.checkClass("AutoencoderKL")
    let down = file.strings("down_block_types", default: ["DownEncoderBlock2D"])
    let up = file.strings("up_block_types", default: ["UpDecoderBlock2D"])
    for (key, types, only) in [
      ("down_block_types", down, "DownEncoderBlock2D"), ("up_block_types", up, "UpDecoderBlock2D"),
    ] where types != Array(repeating: only, count: down.count) {
      file.fault(key, "is \(types); supported: \"\(only)\" for every block")
    }
    inputChannels = file.count("in_channels", default: 3)
    outputChannels = file.count("out_channels", default: 3)
    latentChannels = file.count("latent_channels", default: 4)
    blockChannels = file.counts("block_out_channels", blocks: down.count, default: [64])
    layersPerBlock = file.count("layers_per_block", default: 1)
    groups = file.count("norm_num_groups", default: 32)
    activation = file.activation("act_fn", default: .swish)
    scalingFactor = Float(file.number("scaling_factor", default: 0.18215))
    attendsInTheMiddle = file.bool("mid_block_add_attention", default: true)
    hasQuantConvolution = file.bool("use_quant_conv", default: true)
    hasPostQuantConvolution = file.bool("use_post_quant_conv", default: true)
    file.require(["shift_factor": .number(0)])
    try file.finish(ignoring: ["sample_size", "force_upcast"])
  }
}
