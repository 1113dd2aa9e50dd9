import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Paints what an exemplar or a prompt says into the masked part of a scene, in latents.
struct InpaintLatent: Stage {
  static let name = "latent.inpaint"
  static let version = 3
  static let summary =
    "Paints what an exemplar or a prompt says into the masked part of a scene, as latents: guided diffusion."
  static let discussion = """
    Yang et al. 2023. The scene is worked on at its own size (padded to a multiple of 8); models of Stable Diffusion's
    kind do best at 512×512: see image.crop-to-mask. A network predicts noise twice a step, with the condition and
    without; `guidance` is how far the result follows the difference. Guidance 1 needs one prediction a step.

    With a prompt's condition this is Stable Diffusion inpainting (Rombach et al. 2022). Models of four channels see
    nothing of the scene: `blend` sets what is kept back to it at every step. With `strength` below 1 a run starts from the
    scene; pndm then starts its multistep rule anew, which diffusers leaves out. Blended Latent Diffusion (Avrahami et al.
    2023) is `sampler` ddim, `start` noise, `blend` fresh-noise and `maskResampling` middle.

    Equal seeds give equal pictures, and with `seeding` diffusers and precision f32 those of diffusers' pipelines;
    of StableDiffusionInpaintPipeline with `sceneLatents` sample and `blend` auto. The
    references draw the noise of several samples first and that of the scene's latents after it, so that the first of
    two samples is not quite the single sample of its seed; `seeding` per-sample makes it so, and the second that of
    the next seed, in diffusers' order.
    Pictures of a set that share a seed share their noise, unless `item` sets them apart. Paint by Example's authors
    draw the noise of all pictures of their benchmark from one generator, batch after batch: `seeding` authors with
    `position` and `batch` gives a picture what it has there, if the program runs on a CPU and the generator is seeded
    right before the first batch. (It seeds it before it makes its model, and draws on the graphics card.)
    `cacheInterval` above 1 is DeepCache (Ma et al. 2024): faster, and a picture that differs the more, the longer deep
    features are used; `cacheBranch` says how many layers are computed at every step.

    `preview` sends --json, every so many steps, a picture of the latents by then: of one pixel for each, in colours that
    are fitted to the model's autoencoder (which costs one more picture through its encoder), or, with `previewDecoder`,
    decoded by a tiny decoder.
    """
  static let scene = Input<Picture>("scene", help: "The picture to paint in.")
  static let mask = Input<Mask>("mask", help: "Where, of the same size.")
  static let condition = Input<Conditioning>(
    "condition", help: "What is painted: from exemplar.encode or text.encode of the same model.")
  static let latent = Output<Latent>("latent", help: "The painted picture's latents, one sample or several.")
  static let inputs: [any StagePort] = [scene, mask, condition]
  static let outputs: [any StagePort] = [latent]

  enum SpacingChoice: String, ParameterChoice { case model, linspace, leading, trailing }
  enum SigmasChoice: String, ParameterChoice { case model, uniform, karras }
  enum ChannelsChoice: String, ParameterChoice {
    case model
    case paintByExample = "paint-by-example"
    case stableDiffusion = "stable-diffusion"
  }
  enum SeedingChoice: String, ParameterChoice {
    case diffusers, authors
    case perSample = "per-sample"
  }
  enum BlendChoice: String, ParameterChoice {
    case off, auto
    case everyStep = "every-step"
    case freshNoise = "fresh-noise"
  }
  enum StartChoice: String, ParameterChoice { case scene, noise }
  enum MaskResamplingChoice: String, ParameterChoice { case diffusers, authors, maximum, middle }
  enum SceneLatentsChoice: String, ParameterChoice { case mean, sample }

  struct Parameters: StageParameters {
    @ParameterGroup var network: NetworkParameters
    @Parameter(help: "Steps of the sampler.", 1...1000) var steps = 50
    @Parameter(help: "Guidance scale: 1 is none, 5 the paper's.", 0...100) var guidance = 5.0
    @Parameter(help: "Share of the run after which guidance starts.", 0...1) var guidanceStart = 0.0
    @Parameter(help: "Share of the run after which guidance ends.", 0...1) var guidanceEnd = 1.0
    @Parameter(help: "The sampler; model is the one the model was published with.") var sampler =
      SamplerChoice.model
    @Parameter(help: "How steps are spread over the training steps.") var spacing = SpacingChoice.model
    @Parameter(
      help: "How noise levels are spread; karras for \(SamplerChoice.names(where: \.takesKarrasSigmas)).")
    var sigmas =
      SigmasChoice.model
    @Parameter(help: "\(SamplerChoice.names(where: \.takesEta)): share of fresh noise.", 0...1) var eta = 0.0
    @Parameter(help: "Seed of the noise.") var seed = 321
    @Parameter(help: "Pictures painted at once, each from noise of its own.", 1...64) var samples = 1
    @Parameter(
      help:
        "In whose order noise is drawn; per-sample: the k-th of several samples is the single one of seed + k − 1.",
      formerly: ["drawing"])
    var seeding = SeedingChoice.diffusers
    @Parameter(
      help: "What sets this picture's noise apart from that of others with the same seed, such as its name.")
    var item = ""
    @Parameter(
      help: "Which picture of a run it is, from 0, whose noise one generator draws; for seeding authors.",
      0...1_000_000_000)
    var position: Int? = nil
    @Parameter(help: "How many pictures that run paints together.", 1...1024) var batch = 1
    @Parameter(
      help:
        "How the mask is brought to the latents' size: diffusers takes a latent's first pixel, middle the one in its middle, authors interpolates, maximum marks every latent that holds a marked pixel."
    )
    var maskResampling = MaskResamplingChoice.diffusers
    @Parameter(help: "Masks are made hard at this; null leaves soft edges.", 0...1) var maskThreshold:
      Double? = 0.5
    @Parameter(help: "Order of a nine-channel denoiser's inputs; model is what its published class says.")
    var channels = ChannelsChoice.model
    @Parameter(
      help:
        "every-step sets what is kept back to the scene, with that step's noise, after each step; fresh-noise with noise drawn anew, as much as before the step; auto is every-step for models that see nothing else of the scene."
    )
    var blend = BlendChoice.off
    @Parameter(
      help:
        "Below 1 the run takes this share of the steps, the last ones, and starts from the scene, noisy: what is there shows through.",
      0...1)
    var strength = 1.0
    @Parameter(
      help:
        "What a strength below 1 starts from: the scene, or noise alone, as Blended Latent Diffusion does.")
    var start = StartChoice.scene
    @Parameter(
      help: "What of the scene's latents is blended in and started from: sample is what diffusers draws.")
    var sceneLatents = SceneLatentsChoice.mean
    @Parameter(
      help:
        "The IP-Adapter by which ip-adapter.encode brought pictures into the condition: its name, or its path."
    )
    var adapter: WeightsReference? = nil
    @Parameter(
      help:
        "All of the denoiser is computed every so many steps; in between its deep layers' features are used again. 1 is always.",
      1...1000)
    var cacheInterval = 1
    @Parameter(
      help:
        "The skip connection at which the denoiser is cut for that: 0, the first convolution's, is the fastest.",
      0...255)
    var cacheBranch = 0
    @Parameter(
      help: "Every so many steps, a small picture of the latents goes to --json; 0 is never.", 0...1000)
    var preview = 0
    @Parameter(
      help:
        "A tiny decoder in TAESD's layout, by its name or path, that makes previews as large as the scene; null colours each latent."
    )
    var previewDecoder: WeightsReference? = nil

    func conflict() -> ParameterConflict? {
      if guidanceStart > guidanceEnd {
        return ParameterConflict("guidanceEnd", "\(guidanceEnd) lies before guidanceStart, \(guidanceStart)")
      }
      if eta > 0, let kind = sampler.kind, !kind.takesEta {
        return ParameterConflict(
          "eta", "only \(SamplerChoice.names(where: \.takesEta)) takes eta, not \(sampler.rawValue)")
      }
      if position != nil, !item.isEmpty {
        return ParameterConflict("item", "a picture of a run is known by its position")
      }
      if position == nil, batch != 1 {
        return ParameterConflict("batch", "it is that of a run: give the picture's position in it")
      }
      if Int(Double(steps) * strength) == 0 {
        return ParameterConflict(
          "strength", "\(strength) of \(steps) steps is none; \(1 / Double(steps)) is one")
      }
      if cacheBranch > 0, cacheInterval == 1 {
        return ParameterConflict(
          "cacheBranch", "no features are used again: \"cacheInterval\" is 1")
      }
      if previewDecoder != nil, preview == 0 {
        return ParameterConflict("previewDecoder", "there are no previews: \"preview\" is 0")
      }
      let unusable = network.model.conflict(weightsOf: [.unet, .autoencoder]) { model, faults in
        for fault in Inpainting.faults(of: model, options) { faults.add(fault) }
      }
      return unusable ?? previewDecoder?.conflict(key: "previewDecoder", for: network.model)
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let model = try DiffusionModel(path: parameters.network.model.path)
    if let made = inputs[Self.condition]?.sizes["width"] {
      let taken = try model.unet().configuration.contextWidth
      guard made == taken else {
        throw ParameterConflict(
          "model",
          "'\(parameters.network.model.name)': its denoiser takes tokens \(taken) wide, those of the condition are \(made) wide: "
            + "encode exemplar or prompt with the same model")
      }
    }
    guard let width = inputs[Self.scene]?.sizes["width"], let height = inputs[Self.scene]?.sizes["height"]
    else {
      return Estimate()
    }
    let autoencoder = try model.autoencoder()
    let scale = autoencoder.configuration.scale
    let (columns, rows) = ((width + scale - 1) / scale, (height + scale - 1) / scale)
    let tokens = inputs[Self.condition]?.sizes["tokens"] ?? 1
    let imageTokens = inputs[Self.condition]?.sizes["imageTokens"] ?? 0
    if inputs[Self.condition] != nil, (imageTokens > 0) != (parameters.adapter != nil) {
      throw ParameterConflict(
        "adapter",
        imageTokens > 0
          ? "the condition holds pictures' tokens: name the adapter that made them"
          : "the condition holds no pictures' tokens: they come from ip-adapter.encode")
    }
    var estimate = Estimate(
      [
        (
          Self.latent,
          .latent(
            samples: parameters.samples, channels: autoencoder.configuration.latentChannels, height: rows,
            width: columns, pictureWidth: width, pictureHeight: height)
        )
      ])
    let denoiser = try NetworkForm.denoiser(
      height: rows, width: columns, batch: batch,
      DenoiserConditioning.Shape(tokens: tokens, imageTokens: imageTokens), adapter: parameters.adapter?.path)
    let branch = parameters.cacheBranch
    let denoisers =
      parameters.cacheInterval == 1
      ? [denoiser]
      : [.caching(denoiser, .giving(branch: branch)), .caching(denoiser, .taking(branch: branch))]
    try estimate.add(
      denoisers + [.encoder(batch: 1, height: scale * rows, width: scale * columns)], of: model,
      parameters.network.compute)
    if let path = try parameters.previewDecoder?.path {
      try estimate.add(
        LatentCoding.tinyDecoder(at: path, for: autoencoder.configuration).of(height: rows, width: columns),
        weights: path, parameters.network.compute)
    }
    estimate.remarks += try sizeRemark(model, width: width, height: height).map { [$0] } ?? []
    return estimate
  }

  /// What is to be expected of pictures that are far smaller or larger than those the model was trained on.
  private func sizeRemark(_ model: DiffusionModel, width: Int, height: Int) throws -> String? {
    guard let trained = try model.pictureSize else { return nil }
    let ratio = (Double(width) * Double(height)).squareRoot() / Double(trained)
    guard ratio < 0.65 || ratio > 1.55 else { return nil }
    return
      "'\(parameters.network.model.name)' was trained on pictures of \(trained)×\(trained), not \(width)×\(height): "
      + (ratio > 1
        ? "what it paints there comes out repeated or in pieces"
        : "what it paints there comes out without detail")
      + "; image.crop-to-mask gives it the size it knows"
  }

  static let checkedInputs: [any StagePort]? = [scene, mask]

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", inputs[Self.scene].image, "scene")
    try await parameters.network.checkWeights(of: .unet, .autoencoder, with: context)
    let model = try await context.services.get(DiffusionRuntime.self).model(
      at: parameters.network.model.path)
    _ = try keepMask(mask, scale: model.autoencoder().configuration.scale, context.monitor)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let (scene, mask) = (try inputs[Self.scene].image, try inputs[Self.mask].image)
    try checkSameSize(mask, "mask", scene, "scene")
    let model = try await runtime.model(at: parameters.network.model.path)
    if let remark = try sizeRemark(model, width: scene.width, height: scene.height) {
      context.log(.warning, remark)
    }
    return try await inStageWords(parameters.network.model) {
      var options = parameters.options
      options.compute = try parameters.network.compute
      let inpainting = try Inpainting(model, options, runtime: runtime)
      let picture = try scene.planes(context.monitor).padded(toMultipleOf: inpainting.scale)
      let keep = try keepMask(mask, scale: inpainting.scale, context.monitor)
      let previews = try await parameters.previews(
        of: model, width: scene.width, height: scene.height, runtime: runtime)
      let values = try await inpainting.run(
        scene: picture, mask: keep, conditioning: inputs[Self.condition].value
      ) { state in
        try context.checkCancellation()
        context.monitor.report(state.done, of: state.total, unit: "step")
        if let previews, state.done > 0, state.done.isMultiple(of: parameters.preview) {
          try await context.show(state, by: previews)
        }
      }
      return StageOutputs(
        Self.latent, Latent(values, pictureWidth: scene.width, pictureHeight: scene.height))
    }
  }

  /// What of the scene is kept, padded to whole latents.
  ///
  /// - Throws: for a mask that marks nothing, or none of the latents.
  private func keepMask(_ mask: Image, scale: Int, _ monitor: Monitor) throws -> KeepMask {
    let keep = try evaluate(monitor) { monitor in
      try mask.withPixels(as: UInt8.self, monitor: monitor) { pixels in
        KeepMask(
          holes: pixels, width: mask.width, height: mask.height,
          threshold: parameters.maskThreshold.map { Float($0) })
      }
    }
    guard keep.values.contains(where: { $0 < 1 }) else { throw emptyMask }
    let padded = keep.padded(toMultipleOf: scale)
    let latents = padded.resampled(scale: scale, by: parameters.maskResampling.value)
    guard latents.contains(where: { $0 < 1 }) else { throw lostMask(scale: scale) }
    return padded
  }

  private func lostMask(scale: Int) -> StageFailure {
    StageFailure(
      "the mask is too thin: of the latents, one for \(scale)×\(scale) pixels, it marks none",
      advice: "widen it by mask.edit with \"grow\": \(scale), or cut out less around it by image.crop-to-mask"
    )
  }

  /// How many contexts go through the denoiser together.
  private var batch: Int {
    let isWhole = parameters.guidanceStart == 0 && parameters.guidanceEnd == 1
    return isWhole && parameters.guidance != 1 && parameters.guidance != 0 ? 2 : 1
  }
}
