package import Tensors

/// What an image encoder is trained by from scratch: among a batch, two views of one object are to be closer to each
/// other than to any other's.
///
/// The symmetric loss of Radford et al. 2021 (CLIP) with the second picture in the text's place, as Chen et al. 2020
/// (SimCLR) have it.
package struct ContrastiveObjective: Sendable {
  /// The encoder, whose tower is trained.
  package let encoder: ExemplarEncoder
  /// Similarities are divided by this.
  package let temperature: Float

  /// An objective for this network.
  package init(_ encoder: ExemplarEncoder, temperature: Float = 0.1) {
    self.encoder = encoder
    self.temperature = temperature
  }

  /// The graph of the loss over a batch.
  ///
  /// Inputs: `first` and `second`, `[batch, channels, imageSize, imageSize]`, two views of each object, normalised;
  /// `pairs` `[batch, batch]`, the identity matrix. Outputs: `loss`, one number; `similarities` `[batch, batch]`,
  /// cosines of the class tokens.
  package func graph(_ weights: any Weights, batch: Int) throws -> Graph {
    let builder = GraphBuilder()
    let (shape, side) = (encoder.configuration, encoder.configuration.imageSize)
    let layers = Layers(builder: builder, weights: weights)
    let views = try ["first", "second"].map { name in
      try builder.input(name, .f32, [batch, shape.channels, side, side])
    }
    let pairs = try builder.input("pairs", .f32, [batch, batch])
    // One tower for both: its weights are made once, for twice the batch.
    let both = try layers.scope("model.vision_model") {
      try clipVision(views[0].concatenated(views[1], axis: 0), shape, layers)
    }
    let tokens = try both.sliced(0..<1, axis: 1).reshaped([2 * batch, shape.width]).normalised()
    let (first, second) = (
      try tokens.sliced(0..<batch, axis: 0), try tokens.sliced(batch..<2 * batch, axis: 0)
    )
    let similarities = try first.matMul(second, transposesRight: true)
    let scores = try similarities * (1 / temperature)
    let right = try (scores * pairs).reduced(.sum, axes: [0, 1], keepsDimensions: false) * (1 / Float(batch))
    let rows = try scores.logSumExponential(axis: 1).mean() - right
    let columns = try scores.logSumExponential(axis: 0).mean() - right
    return try builder.finish(["loss": (rows + columns) * 0.5, "similarities": similarities])
  }
}

extension Node {
  /// Rows of length 1.
  fileprivate func normalised() throws -> Node {
    let squares = try (self * self).reduced(.sum, axes: [1], keepsDimensions: true)
    return try self / (squares + 1e-12).map(.squareRoot)
  }

  /// ln Σ eˣ along an axis. Scores are at most 1 / temperature, so nothing overflows.
  fileprivate func logSumExponential(axis: Int) throws -> Node {
    try map(.exponential).reduced(.sum, axes: [axis], keepsDimensions: false).map(.logarithm)
  }
}
