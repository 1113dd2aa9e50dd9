/// A network of a model, by the name of its folder.
public enum ModelComponent: String, Sendable, Hashable, CaseIterable {
  /// The denoiser.
  case unet
  /// The autoencoder.
  case autoencoder = "vae"
  /// The exemplar encoder.
  case imageEncoder = "image_encoder"
  /// The encoder of prompts.
  case textEncoder = "text_encoder"
}

/// The order in which a denoiser of nine channels takes the scene.
public enum ChannelOrder: String, Sendable, Hashable, CaseIterable {
  /// Latents, masked latents, mask with 1 = keep: Paint by Example's.
  case paintByExample
  /// Latents, mask with 1 = hole, masked latents: Stable Diffusion inpainting's.
  case stableDiffusion

  /// The order a published pipeline's class stands for; nil for a class that says nothing of it.
  init?(pipelineClass: String) {
    switch pipelineClass {
    case "PaintByExamplePipeline": self = .paintByExample
    case "StableDiffusionInpaintPipeline": self = .stableDiffusion
    default: return nil
    }
  }
}
