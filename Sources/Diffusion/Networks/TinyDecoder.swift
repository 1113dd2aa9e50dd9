import Foundations
package import Tensors

/// A tiny decoder from latents to pictures: TAESD, of 1.2 million numbers where Stable Diffusion's own decoder has 49.
///
/// Source: Bohan, "Tiny AutoEncoder for Stable Diffusion", github.com/madebyollin/taesd; layer names are those of diffusers'
/// AutoencoderTiny. Its encoder is not used.
package struct TinyDecoder: StandaloneNetwork {
  package static let name = "the tiny decoder"

  /// Rows of the latents.
  package var height = 64
  /// Columns of the latents.
  package var width = 64
  /// Channels of the latents.
  package var latentChannels = 4
  /// Channels inside.
  package var channels = 64
  /// Residual blocks of each resolution, coarsest first.
  package var blocks = [3, 3, 3, 1]
  /// The nonlinearity inside; the one after each block is always max(x, 0).
  package var activation = Activation.relu
  /// What latents are divided by before they are decoded.
  package var scalingFactor: Float = 1

  /// The published shape.
  package init() {}

  /// The shape that published weights have, and what a `config.json` beside them says.
  ///
  /// - Throws: also for a configuration of another network, or one that asks for what is not supported.
  package init(weightsAt path: String) throws(CheckpointError) {
    let files = try WeightFiles(at: path)
    let weights = named(try files.checkpoint())
    if let first = weights["decoder.layers.0.weight"]?.shape, first.count == 4, first[0] > 0, first[1] > 0 {
      (channels, latentChannels) = (first[0], first[1])
    }
    blocks = Self.blocks(of: weights) ?? blocks
    if let file = files.settings.first(where: { $0.hasSuffix("/config.json") }) { try obey(file) }
  }

  private mutating func obey(_ path: String) throws(CheckpointError) {
    var file = ConfigurationFileReader(try ConfigurationFile(contentsOf: path))
    file.checkClass("AutoencoderTiny")
    activation = file.activation("act_fn", default: .relu)
    scalingFactor = Float(file.number("scaling_factor", default: 1))
    file.require([
      "out_channels": .number(3), "upsampling_scaling_factor": .number(2), "upsample_fn": .string("nearest"),
      "shift_factor": .number(0),
    ])
    // Weights tell the decoder's shape; the rest is the encoder's, and how latents are kept in bytes.
    try file.finish(ignoring: [
      "in_channels", "latent_channels", "block_out_channels", "encoder_block_out_channels",
      "decoder_block_out_channels", "num_encoder_blocks", "num_decoder_blocks", "latent_magnitude",
      "latent_shift", "force_upcast",
    ])
  }

  /// How many blocks each resolution has: what lies between them is a number that has no weights, and a convolution.
  private static func blocks(of weights: Checkpoint) -> [Int]? {
    func has(_ layer: String) -> Bool { weights["decoder.layers.\(layer).weight"] != nil }
    var blocks: [Int] = []
    var index = 2
    while blocks.count < 8 {
      let start = index
      while has("\(index).conv.0") { index += 1 }
      blocks.append(index - start)
      if has("\(index)") { return blocks }
      guard has("\(index + 1)") else { return nil }
      index += 2
    }
    return nil
  }

  /// The same for latents of another size.
  package func of(height: Int, width: Int) -> TinyDecoder {
    var other = self
    (other.height, other.width) = (height, width)
    return other
  }

  /// Pixels of the picture for one of the latents, along either axis.
  package var scale: Int { 1 << (blocks.count - 1) }

  /// The graph from latents to a picture.
  ///
  /// Input: `latent` `[1, latentChannels, height, width]`, divided by `scalingFactor`. Output: `picture`
  /// `[1, 3, scale · height, scale · width]`, values about −1…1, not clamped.
  package func graph(_ weights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let latent = try builder.input("latent", .f32, [1, latentChannels, height, width])
    let layers = Layers(builder: builder, weights: weights)
    // What is far out counts less and less.
    let bounded = try (latent * (1 / 3)).map(.tanh) * 3
    let picture = try layers.scope("decoder.layers") { try decoded(bounded, layers) }
    return try builder.finish(["picture": picture * 2 + -1])
  }

  /// Numbers of layers count those that have no weights as well.
  private func decoded(_ latent: Node, _ layers: Layers) throws -> Node {
    var h = try activation(layers.convolution("0", latent, to: channels))
    var index = 2
    for (level, count) in blocks.enumerated() {
      for block in index..<index + count {
        h = try layers.scope("\(block)") { try residual(h, layers) }
      }
      index += count
      if level == blocks.count - 1 { break }
      h = try h.resizedNearest(height: 2 * h.shape[2], width: 2 * h.shape[3])
      h = try layers.convolution("\(index + 1)", h, to: channels, hasBias: false)
      index += 2
    }
    return try layers.convolution("\(index)", h, to: 3)
  }

  /// Three convolutions, around which the input is added.
  private func residual(_ x: Node, _ layers: Layers) throws -> Node {
    let first = try activation(layers.convolution("conv.0", x, to: channels))
    let second = try activation(layers.convolution("conv.2", first, to: channels))
    return try (layers.convolution("conv.4", second, to: channels) + x).map(.relu)
  }

  /// Those of the decoder, under diffusers' names. Its author's files of a decoder alone count the bounding of latents as
  /// layer 0.
  package func named(_ published: Checkpoint) -> Checkpoint {
    let prefix = "decoder.layers."
    var tensors = published.tensors.filter { $0.key.hasPrefix(prefix) }
    if tensors.isEmpty {
      for (name, tensor) in published.tensors {
        let parts = name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let index = Int(parts[0]) else { continue }
        tensors["\(prefix)\(index - 1).\(parts[1])"] = tensor
      }
    }
    return Checkpoint(tensors: tensors, metadata: published.metadata, files: published.files)
  }
}
