package import Tensors

/// What an autoencoder is trained by from scratch: pictures are to come back, and latents are to be close to standard
/// normal.
///
/// Kingma and Welling 2013; the small weight of the second part follows Rombach et al. 2022, who add losses of
/// perception and of an adversary, which a small world does without.
package struct ReconstructionObjective: Sendable {
  /// The autoencoder.
  package let autoencoder: Autoencoder
  /// The weight of the latents' divergence from the standard normal distribution.
  package let divergenceWeight: Float

  /// An objective for this network.
  package init(_ autoencoder: Autoencoder, divergenceWeight: Float = 1e-4) {
    self.autoencoder = autoencoder
    self.divergenceWeight = divergenceWeight
  }

  /// The graph of the loss over a batch.
  ///
  /// Inputs: `picture` `[batch, channels, height, width]`, values −1…1; `noise`
  /// `[batch, latentChannels, height / scale, width / scale]`, standard normal. Outputs, one number each: `loss`;
  /// `difference`, four times the mean square of the pictures' difference, by which colours are learnt soon, plus a
  /// quarter of its mean absolute value and of that of its horizontal and vertical steps, so that edges stay sharp;
  /// `divergence`, the mean over latents.
  package func graph(_ weights: any Weights, batch: Int, height: Int, width: Int) throws -> Graph {
    let builder = GraphBuilder()
    let shape = autoencoder.configuration
    let picture = try builder.input("picture", .f32, [batch, shape.inputChannels, height, width])
    let noise = try builder.input(
      "noise", .f32, [batch, shape.latentChannels, height / shape.scale, width / shape.scale])
    let layers = Layers(builder: builder, weights: weights)

    let moments = try autoencoder.encoder(picture, layers).split(2, axis: 1)
    let logVariance = try moments[1].combined(.maximum, builder.scalar(-30)).combined(
      .minimum, builder.scalar(20))
    let latent = try moments[0] + (logVariance * 0.5).map(.exponential) * noise
    let difference = try autoencoder.decoder(latent, layers) - picture
    let steps = try difference.steps(axis: 2).mean() + difference.steps(axis: 3).mean()
    let distance = try difference.meanSquare() * 4 + (difference.map(.absolute).mean() + steps) * 0.25
    let spread = try logVariance.map(.exponential) - logVariance + (-1)
    let divergence = try (moments[0] * moments[0] + spread).mean() * 0.5
    return try builder.finish([
      "loss": distance + divergence * divergenceWeight, "difference": distance, "divergence": divergence,
    ])
  }
}

extension Node {
  /// Absolute differences between neighbours along an axis.
  fileprivate func steps(axis: Int) throws -> Node {
    let length = shape[axis]
    return try (sliced(1..<length, axis: axis) - sliced(0..<length - 1, axis: axis)).map(.absolute)
  }
}
