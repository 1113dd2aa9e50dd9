/// Which published model a single file of weights in the authors' layout is of, as its weights tell.
struct OriginalModel: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// Yang et al. 2023.
    case paintByExample
    /// Rombach et al. 2022, with CLIP ViT-L/14's text tower.
    case stableDiffusion1
    /// With OpenCLIP ViT-H/14's.
    case stableDiffusion2
  }

  let kind: Kind
  /// Channels that the denoiser takes.
  let inputChannels: Int

  /// - Throws: when the checkpoint is not in the authors' layout.
  init(_ checkpoint: Checkpoint, path: String) throws(CheckpointError) {
    let first = checkpoint[OriginalLayout.unetPrefix + "input_blocks.0.0.weight"]
    guard OriginalLayout.matches(checkpoint), let first, first.shape.count == 4 else {
      throw CheckpointError(
        .noWeights, in: path, "it holds no whole model in the authors' layout (model.diffusion_model.…)")
    }
    inputChannels = first.shape[1]
    let names = checkpoint.tensors.keys
    if names.contains(where: { $0.hasPrefix(OriginalTextNames.version2) }) {
      kind = .stableDiffusion2
    } else if names.contains(where: { $0.hasPrefix(OriginalTextNames.version1) }) {
      kind = .stableDiffusion1
    } else {
      kind = .paintByExample
    }
  }

  /// The pipeline's class in diffusers.
  var pipelineClass: String {
    switch kind {
    case .paintByExample: "PaintByExamplePipeline"
    case .stableDiffusion1, .stableDiffusion2:
      inputChannels == 9 ? "StableDiffusionInpaintPipeline" : "StableDiffusionPipeline"
    }
  }

  /// The networks that are in the file.
  var components: [ModelComponent] {
    kind == .paintByExample ? [.unet, .autoencoder, .imageEncoder] : [.unet, .autoencoder, .textEncoder]
  }

  /// The class of each network.
  var networkClasses: [String: String] {
    let encoder =
      kind == .paintByExample
      ? ["image_encoder": "PaintByExampleImageEncoder"] : ["text_encoder": "CLIPTextModel"]
    return encoder.merging(["unet": "UNet2DConditionModel", "vae": "AutoencoderKL"]) { $1 }
  }

  /// The denoiser's published shape.
  var unet: UNetConfiguration {
    var configuration = UNetConfiguration()
    configuration.inputChannels = kind == .paintByExample ? 9 : inputChannels
    if kind == .stableDiffusion2 {
      (configuration.contextWidth, configuration.heads) = (1024, [5, 10, 20, 20])
      configuration.usesLinearProjection = true
      // Version 2's of nine channels goes on from its base, of four from the model for 768×768.
      configuration.sampleSize = inputChannels == 9 ? 64 : nil
    }
    return configuration
  }

  /// The text encoder's published shape; nil where there is none.
  var textEncoder: CLIPTextConfiguration? {
    guard kind == .stableDiffusion2 else { return kind == .stableDiffusion1 ? CLIPTextConfiguration() : nil }
    var configuration = CLIPTextConfiguration()
    (configuration.width, configuration.feedForwardWidth) = (1024, 4096)
    // Of 24, without the last.
    (configuration.depth, configuration.heads, configuration.activation) = (23, 16, .gelu)
    return configuration
  }

  /// The published schedule.
  ///
  /// - Throws: where there are two, which the weights do not tell apart.
  func schedule(path: String) throws(CheckpointError) -> SchedulerConfiguration {
    guard kind != .stableDiffusion2 || inputChannels == 9 else {
      throw CheckpointError(
        .unsupportedConfiguration, in: path,
        "the weights of Stable Diffusion 2 do not tell whether they predict noise or velocity: lay a model_index.json and "
          + "the scheduler/scheduler_config.json of the published model beside the file, in a folder of its own"
      )
    }
    return .paintByExample
  }
}
