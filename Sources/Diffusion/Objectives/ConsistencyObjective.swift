package import Tensors

/// What a denoiser is distilled by to paint in few steps: what it finds from noised latents is to be what it finds from
/// latents one step of its teacher nearer to no noise.
///
/// The teacher is guided, so that guidance is part of what is learnt, and takes DDIM's steps. The denoiser's own present
/// weights find the target, through which no gradient goes. Sources: Song et al., "Consistency Models", 2023, algorithm
/// 2; Luo et al., "Latent Consistency Models", 2023, section 4; Song and Dhariwal, "Improved Techniques for Training
/// Consistency Models", 2023, for the target without a moving average and for the pseudo-Huber metric.
package struct ConsistencyObjective: Sendable {
  /// The denoiser, teacher and learner alike.
  package let unet: UNet
  /// The exemplar encoder, which is frozen.
  package let encoder: ExemplarEncoder
  /// The teacher's guidance scale.
  package let guidance: Float

  /// Below this, differences count by their squares: √(d² + c²) − c.
  static let huberConstant: Float = 1e-3

  /// An objective for these networks.
  package init(_ unet: UNet, _ encoder: ExemplarEncoder, guidance: Float) {
    (self.unet, self.encoder, self.guidance) = (unet, encoder, guidance)
  }

  /// The graph of the loss over a batch.
  ///
  /// Inputs: `sample` `[batch, 9, height, width]`, noised latents, masked latents and mask; `time` and `earlierTime`
  /// `[batch, blockChannels[0]]`, rows of `UNet.timestepEmbedding` for the two ends of the teacher's step; `token`
  /// `[batch, tokens, width]`, what CLIP's tower says of the exemplars; `step`, `present` and `earlier`
  /// `[batch, 2, 1, 1]`, what latents and a network's output are multiplied by to make of them, in their sum, the
  /// teacher's next latents, and the consistency function at either end. Output: `loss`, one number.
  ///
  /// - Parameters:
  ///   - learner: the denoiser's weights, as parameters.
  ///   - teacher: those that are distilled.
  ///   - encoderWeights: the exemplar encoder's.
  package func graph(
    learner: any Weights, teacher: any Weights, encoder encoderWeights: any Weights, batch: Int, height: Int,
    width: Int, tokens: Int = 1
  ) throws -> Graph {
    let builder = GraphBuilder()
    let token = try builder.input("token", .f32, [batch, tokens, encoder.configuration.width])
    let context = try encoder.mapped(token, Layers(builder: builder, weights: encoderWeights))
    let free = try builder.constant(encoder.unconditionalContext(encoderWeights))
    let loss = try loss(
      builder, learner: learner, teacher: teacher, context: context, free: free, height: height, width: width)
    return try builder.finish(["loss": loss])
  }

  /// The loss for contexts `[batch, tokens, width]` and what stands for none, `[1, 1, width]`.
  func loss(
    _ builder: GraphBuilder, learner: any Weights, teacher: any Weights, context: Node, free: Node,
    height: Int,
    width: Int
  ) throws -> Node {
    let (batch, shape) = (context.shape[0], unet.configuration)
    let sample = try builder.input("sample", .f32, [batch, shape.inputChannels, height, width])
    let time = try builder.input("time", .f32, [batch, shape.blockChannels[0]])
    let earlierTime = try builder.input("earlierTime", .f32, [batch, shape.blockChannels[0]])
    let (step, present, earlier) = try (
      LatentMixture("step", builder, batch), LatentMixture("present", builder, batch),
      LatentMixture("earlier", builder, batch)
    )
    let latents = try sample.sliced(0..<shape.outputChannels, axis: 1)
    let scene = try sample.sliced(shape.outputChannels..<shape.inputChannels, axis: 1)

    let learning = Layers(builder: builder, weights: learner)
    let output = try unet.noise(sample, time: time, context: DenoiserContext(tokens: context), learning)
    let found = try present(latents, output)

    let guided = try guidedOutput(sample, time, context, free, Layers(builder: builder, weights: teacher))
    let earlierLatents = try step(latents, guided)
    let earlierOutput = try unet.noise(
      earlierLatents.concatenated(scene, axis: 1), time: earlierTime,
      context: DenoiserContext(tokens: context),
      learning)
    let target = try earlier(earlierLatents, earlierOutput).withoutGradient()

    let difference = try found - target
    let c = Self.huberConstant
    return try ((difference * difference + c * c).map(.squareRoot) + -c).mean()
  }

  private func guidedOutput(
    _ sample: Node, _ time: Node, _ context: Node, _ free: Node, _ teaching: Layers
  ) throws -> Node {
    let pair = try free.broadcast(context.shape).concatenated(context, axis: 0)
    let halves = try unet.noise(
      sample.concatenated(sample, axis: 0), time: time.concatenated(time, axis: 0),
      context: DenoiserContext(tokens: pair), teaching
    ).split(2, axis: 0)
    return try halves[0] + (halves[1] - halves[0]) * guidance
  }
}

/// A sum of latents and a network's output, each times a factor of its own for every picture.
private struct LatentMixture {
  private let factors: [Node]

  init(_ name: String, _ builder: GraphBuilder, _ batch: Int) throws {
    factors = try builder.input(name, .f32, [batch, 2, 1, 1]).split(2, axis: 1)
  }

  func callAsFunction(_ latents: Node, _ output: Node) throws -> Node {
    try latents * factors[0] + output * factors[1]
  }
}
