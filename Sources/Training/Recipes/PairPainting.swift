package import Diffusion
import Imaging
import Tensors

/// Paints the hole of training pairs, to show what a denoiser does.
package struct PairPainting: Sendable {
  private let model: DiffusionModel
  private let options: InpaintingOptions
  private let tokens: ExemplarTokens
  private let runtime: DiffusionRuntime

  /// Paints with a model; the options' seed is replaced.
  package init(
    _ model: DiffusionModel, _ options: InpaintingOptions, tokens: ExemplarTokens = .classToken,
    runtime: DiffusionRuntime
  ) {
    (self.model, self.options, self.tokens, self.runtime) = (model, options, tokens, runtime)
  }

  /// What is painted of a pair, scene and all, as the autoencoder makes it.
  package func picture(of pair: Pair, seed: Int) async throws -> PixelPlanes {
    var options = options
    options.seed = seed
    let encoding = try ExemplarEncoding(model, options.compute, runtime: runtime)
    let exemplar = try model.preprocessing().exemplar(pair.reference, size: encoding.imageSize)
    let conditioning = try await encoding.conditioning(exemplar, tokens: tokens)
    let (scene, keep) = (try pair.target.planes(), try KeepMask(pair.mask))
    let latents = try await Inpainting(model, options, runtime: runtime).run(
      scene: scene, mask: keep, conditioning: conditioning)
    return try await LatentCoding(model, options.compute, runtime: runtime).decode(
      latents.floats, height: latents.shape[2], width: latents.shape[3])
  }
}
