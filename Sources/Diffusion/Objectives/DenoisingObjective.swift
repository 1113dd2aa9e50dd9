package import Tensors

/// What the paper trains the denoiser, the mapper and the unconditional vector by: the noise in noised latents, or what
/// else the model's schedule says, is to be predicted, in the mean square.
///
/// Yang et al. 2023, sections 3.1 to 3.3. The autoencoder and CLIP's tower are frozen and not part of the graph: their
/// results go in.
package struct DenoisingObjective: Sendable {
  /// The denoiser.
  package let unet: UNet
  /// The exemplar encoder, whose mapper is trained.
  package let encoder: ExemplarEncoder

  /// An objective for these networks.
  package init(_ unet: UNet, _ encoder: ExemplarEncoder) {
    self.unet = unet
    self.encoder = encoder
  }

  /// The graph of the loss over a batch.
  ///
  /// Inputs: `sample` `[batch, 9, height, width]`, noised latents, masked latents and mask; `time`
  /// `[batch, blockChannels[0]]`, a row of `UNet.timestepEmbedding` for each; `token` `[batch, tokens, width]`, what CLIP's
  /// tower says of the exemplars; `conditioned` `[1, 1, 1]`, 1, or 0 where the whole batch's condition is replaced by
  /// the learned vector; `target` `[batch, 4, height, width]`, what is to be predicted; when weighted, `weight`
  /// `[batch, 1, 1, 1]`, what each picture's loss is multiplied by. Output: `loss`, one number.
  ///
  /// - Parameters:
  ///   - unetWeights: the denoiser's, those to train as parameters.
  ///   - encoderWeights: the exemplar encoder's, likewise.
  ///   - tokens: 1 for the bottleneck; more for the paper's naive solution.
  ///   - isWeighted: whether pictures count differently; in the paper they do not.
  package func graph(
    _ unetWeights: any Weights, _ encoderWeights: any Weights, batch: Int, height: Int, width: Int,
    tokens: Int = 1, isWeighted: Bool = false
  ) throws -> Graph {
    let builder = GraphBuilder()
    let shape = unet.configuration
    let sample = try builder.input("sample", .f32, [batch, shape.inputChannels, height, width])
    let time = try builder.input("time", .f32, [batch, shape.blockChannels[0]])
    let token = try builder.input("token", .f32, [batch, tokens, encoder.configuration.width])
    let conditioned = try builder.input("conditioned", .f32, [1, 1, 1])
    let target = try builder.input("target", .f32, [batch, shape.outputChannels, height, width])

    let encoding = Layers(builder: builder, weights: encoderWeights)
    let free = try builder.constant(encoder.unconditionalContext(encoderWeights))
    let context = try free + conditioned * (encoder.mapped(token, encoding) - free)
    let denoising = Layers(builder: builder, weights: unetWeights)
    let predicted = try unet.noise(
      sample, time: time, context: DenoiserContext(tokens: context), denoising)
    guard isWeighted else { return try builder.finish(["loss": (predicted - target).meanSquare()]) }
    let weight = try builder.input("weight", .f32, [batch, 1, 1, 1])
    let error = try predicted - target
    return try builder.finish(["loss": (weight * error * error).mean()])
  }
}

extension Node {
  /// The mean of the squares, one number.
  func meanSquare() throws -> Node { try (self * self).mean() }

  /// The mean of all elements, one number.
  func mean() throws -> Node { try reduced(.mean, axes: Array(shape.indices), keepsDimensions: false) }
}
