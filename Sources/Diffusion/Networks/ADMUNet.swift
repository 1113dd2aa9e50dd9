package import Tensors

/// ADM's UNet in pixels, without classes: predicts the noise in a picture, and how much of it a step removes at random.
///
/// Sources: Dhariwal and Nichol, "Diffusion Models Beat GANs on Image Synthesis", 2021; layer names are those of
/// guided-diffusion's UNetModel, of which `256x256_diffusion_uncond.pt` has the published shape.
package struct ADMUNet: StandaloneNetwork {
  package static let name = "ADM's UNet"

  /// Rows of the picture, a multiple of `scale`.
  package var height = 256
  /// Columns of the picture, a multiple of `scale`.
  package var width = 256
  /// Width of the embedding of a time step, before it is widened.
  package var timeWidth = 256
  /// Channels of each resolution, the finest first; multiples of 32.
  package var blockChannels = [256, 256, 512, 512, 1024, 1024]
  /// Residual blocks of each resolution on the way down.
  package var layersPerBlock = 2
  /// At which resolutions pixels attend to each other.
  package var attends = [false, false, false, true, true, true]
  /// Channels of a head of attention.
  package var headWidth = 64

  /// The published shape.
  package init() {}

  /// The shape that weights have. What they do not tell is as published: the picture's size, and that a head has 64
  /// channels.
  package init(weightsAt path: String) throws(CheckpointError) {
    let weights = try WeightFiles(at: path).checkpoint()
    func exists(_ name: String) -> Bool { weights[name] != nil }
    guard !exists("label_emb.weight") else {
      throw CheckpointError(
        .unsupportedConfiguration, in: path, "it is a network for pictures of a class (label_emb.weight)")
    }
    timeWidth = weights["time_embed.0.weight"]?.shape.last ?? timeWidth
    // The first residual block that enlarges is the last layer of the coarsest resolution.
    let enlarging = (0..<256).first { index in
      (1...2).contains { exists("output_blocks.\(index).\($0).in_layers.0.weight") }
    }
    guard let enlarging, enlarging > 0 else { return }
    layersPerBlock = enlarging
    let starts = (0..<256).map { 1 + $0 * (enlarging + 1) }
      .prefix { exists("input_blocks.\($0).0.in_layers.2.weight") }
    blockChannels = starts.map { weights["input_blocks.\($0).0.in_layers.2.weight"]!.shape.first ?? 0 }
    attends = starts.map { exists("input_blocks.\($0).1.qkv.weight") }
    guard blockChannels.allSatisfy({ $0 > 0 && $0.isMultiple(of: Self.groups) }) else {
      throw CheckpointError(
        .unsupportedConfiguration, in: path,
        "its resolutions have \(blockChannels) channels, which are no multiples of \(Self.groups)")
    }
  }

  private static let groups = 32
  private static let epsilon: Float = 1e-5

  /// How many pixels of the picture a pixel of the coarsest resolution is wide; sides are multiples of it.
  package var scale: Int { 1 << (blockChannels.count - 1) }

  /// The input `time` of a step, `[1, timeWidth]`.
  ///
  /// - Parameter timestep: of a thousand.
  package func timestepEmbedding(_ timestep: Float) -> Tensor {
    sinusoidalEmbedding(timestep, width: timeWidth, frequencyShift: 0, cosinesComeFirst: true)
  }

  /// The graph of one step.
  ///
  /// Inputs: `sample` `[1, 3, height, width]`, −1…1 where there is no noise; `time` `[1, timeWidth]`, which
  /// `timestepEmbedding` makes. Outputs, `[1, 3, height, width]` each: `noise`; `variance`, where between its bounds the
  /// logarithm of a step's variance is, −1…1.
  package func graph(_ weights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let sample = try builder.input("sample", .f32, [1, 3, height, width])
    let time = try builder.input("time", .f32, [1, timeWidth])
    let layers = Layers(builder: builder, weights: weights)
    let (noise, variance) = try prediction(sample, time: time, layers)
    return try builder.finish(["noise": noise, "variance": variance])
  }

  /// The outputs of the graph for its inputs.
  func prediction(_ sample: Node, time: Node, _ layers: Layers) throws -> (noise: Node, variance: Node) {
    let time = try timeEmbedding(time, layers)
    var h = try layers.convolution("input_blocks.0.0", sample, to: blockChannels[0])
    var skips = [h]
    for level in blockChannels.indices {
      h = try downBlock(h, level, time: time, &skips, layers)
    }
    h = try layers.scope("middle_block") { try middleBlock(h, time: time, layers) }
    for level in blockChannels.indices.reversed() {
      h = try upBlock(h, level, time: time, &skips, layers)
    }
    h = try layers.groupNorm("out.0", h, groups: Self.groups, epsilon: Self.epsilon).map(.swish)
    let halves = try layers.convolution("out.2", h, to: 6).split(2, axis: 1)
    return (halves[0], halves[1])
  }

  /// Through two layers and, once for all residual blocks, the nonlinearity.
  private func timeEmbedding(_ features: Node, _ layers: Layers) throws -> Node {
    try layers.scope("time_embed") {
      let h = try layers.linear("0", features, to: 4 * timeWidth).map(.swish)
      return try layers.linear("2", h, to: 4 * timeWidth).map(.swish)
    }
  }

  private func downBlock(
    _ x: Node, _ level: Int, time: Node, _ skips: inout [Node], _ layers: Layers
  ) throws -> Node {
    var h = x
    for _ in 0..<layersPerBlock {
      h = try layers.scope("input_blocks.\(skips.count)") {
        let h = try residual("0", h, time: time, to: blockChannels[level], layers)
        return attends[level] ? try attention("1", h, layers) : h
      }
      skips.append(h)
    }
    if level < blockChannels.count - 1 {
      h = try layers.scope("input_blocks.\(skips.count)") {
        try residual("0", h, time: time, to: blockChannels[level], resampling: .halved, layers)
      }
      skips.append(h)
    }
    return h
  }

  private func middleBlock(_ x: Node, time: Node, _ layers: Layers) throws -> Node {
    var h = try residual("0", x, time: time, to: x.shape[1], layers)
    h = try attention("1", h, layers)
    return try residual("2", h, time: time, to: x.shape[1], layers)
  }

  private func upBlock(
    _ x: Node, _ level: Int, time: Node, _ skips: inout [Node], _ layers: Layers
  ) throws -> Node {
    var h = x
    for index in 0...layersPerBlock {
      let number = (blockChannels.count - 1 - level) * (layersPerBlock + 1) + index
      let joined = try h.concatenated(skips.removeLast(), axis: 1)
      h = try layers.scope("output_blocks.\(number)") {
        var h = try residual("0", joined, time: time, to: blockChannels[level], layers)
        if attends[level] { h = try attention("1", h, layers) }
        guard index == layersPerBlock, level > 0 else { return h }
        return try residual(
          attends[level] ? "2" : "1", h, time: time, to: blockChannels[level], resampling: .doubled, layers)
      }
    }
    return h
  }

  /// What happens to the resolution inside a residual block.
  private enum Resampling {
    case kept, halved, doubled

    func callAsFunction(_ x: Node) throws -> Node {
      switch self {
      case .kept: x
      case .halved: try x.averagedInSquares(of: 2)
      case .doubled: try x.resizedNearest(height: 2 * x.shape[2], width: 2 * x.shape[3])
      }
    }
  }

  /// Two convolutions, each after normalisation and nonlinearity, around which the input is added; the time step scales
  /// and shifts what the second normalisation gives.
  private func residual(
    _ name: String, _ x: Node, time: Node, to channels: Int, resampling: Resampling = .kept, _ layers: Layers
  ) throws -> Node {
    try layers.scope(name) {
      var h = try layers.groupNorm("in_layers.0", x, groups: Self.groups, epsilon: Self.epsilon).map(.swish)
      h = try layers.convolution("in_layers.2", resampling(h), to: channels)
      // Halved before the halves become pictures: OpenVINO 2026.4 crashes on a picture's halves as scale and shift.
      let film = try layers.linear("emb_layers.1", time, to: 2 * channels).split(2, axis: 1)
        .map { try $0.reshaped([1, channels, 1, 1]) }
      h = try layers.groupNorm("out_layers.0", h, groups: Self.groups, epsilon: Self.epsilon)
      h = try (h * (film[0] + 1) + film[1]).map(.swish)
      h = try layers.convolution("out_layers.3", h, to: channels)
      let shortcut = try resampling(x)
      return try h
        + (x.shape[1] == channels
          ? shortcut : layers.convolution("skip_connection", shortcut, to: channels, kernel: 1))
    }
  }

  /// Pixels attend to each other. One matrix makes queries, keys and values, head after head.
  private func attention(_ name: String, _ x: Node, _ layers: Layers) throws -> Node {
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    return try layers.scope(name) {
      let normal = try layers.groupNorm("norm", x, groups: Self.groups, epsilon: Self.epsilon)
      let heads = channels / headWidth
      let parts = try pointwise("qkv", normal.pixelsAsTokens(), to: 3 * channels, layers)
        .splitIntoHeads(heads).split(3, axis: 3)
      let mixed = try parts[0].attending(keys: parts[1], values: parts[2]).joinedFromHeads()
      return try x
        + pointwise("proj_out", mixed, to: channels, layers).tokensAsPixels(height: height, width: width)
    }
  }

  /// A one-dimensional convolution with a kernel of one place, on tokens `[1, tokens, width]`.
  private func pointwise(_ name: String, _ x: Node, to width: Int, _ layers: Layers) throws -> Node {
    try layers.scope(name) {
      let matrix = try layers.weight("weight", [width, x.shape[2], 1], seenAs: [width, x.shape[2]])
      return try x.matMul(matrix, transposesRight: true) + layers.weight("bias", [width])
    }
  }
}
