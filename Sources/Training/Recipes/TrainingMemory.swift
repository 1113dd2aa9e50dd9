package import Diffusion
import Tensors

/// What a training takes, for plans: the weights, their gradients, the optimizer's two moments and the average, in
/// single precision, and every value that the way back needs.
package enum TrainingMemory {
  /// Bytes for `AutoencoderTraining`.
  package static func bytes(autoencoderOf model: DiffusionModel, batch: Int, side: Int) throws -> Int {
    bytes(
      try ReconstructionObjective(model.autoencoder()).graph(
        WeightList(), batch: batch, height: side, width: side))
  }

  /// Bytes for `EncoderTraining`.
  package static func bytes(encoderOf model: DiffusionModel, batch: Int) throws -> Int {
    bytes(try ContrastiveObjective(model.exemplarEncoder()).graph(WeightList(), batch: batch))
  }

  /// Bytes for `DenoiserTraining`.
  ///
  /// - Parameter size: width and height of scenes in pixels.
  package static func bytes(
    denoiserOf model: DiffusionModel, batch: Int, size: Int, tokens: ExemplarTokens
  ) throws -> Int {
    let (unet, encoder) = (try model.unet(), try model.exemplarEncoder())
    let side = size / (try model.autoencoder().configuration.scale)
    return bytes(
      try DenoisingObjective(unet, encoder).graph(
        WeightList(), WeightList(), batch: batch, height: side, width: side,
        tokens: tokens == .classToken ? 1 : encoder.configuration.tokens))
  }

  /// Bytes for `DenoiserDistillation`.
  ///
  /// - Parameter size: width and height of scenes in pixels.
  package static func bytes(
    distilling model: DiffusionModel, batch: Int, size: Int, tokens: ExemplarTokens
  ) throws -> Int {
    let (unet, encoder) = (try model.unet(), try model.exemplarEncoder())
    let side = size / (try model.autoencoder().configuration.scale)
    return bytes(
      try ConsistencyObjective(unet, encoder, guidance: 1).graph(
        learner: WeightList(), teacher: WeightList(), encoder: WeightList(), batch: batch, height: side,
        width: side, tokens: tokens == .classToken ? 1 : encoder.configuration.tokens))
  }

  private static func bytes(_ graph: Graph) -> Int {
    // Measured: values are there twice on the way back, and libtorch takes half a gigabyte for itself.
    5 * 4 * graph.constantElementCount + 2 * graph.allValueBytes + 500_000_000
  }
}
