import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Paints an exemplar into the masked part of a scene, in latents.
struct InpaintLatent: Stage {
  static let name = "latent.inpaint"
  static let summary = "Paints an exemplar into the masked part of a scene, as latents: guided diffusion."
  static let discussion = """
    Yang et al. 2023. The scene is worked on at its own size (padded to a multiple of 8); models of Stable Diffusion's
    kind do best at 512×512: see image.crop-to-mask. A network predicts noise twice a step, with the exemplar and
    without; `guidance` is how far the result follows the difference. Guidance 1 needs one prediction a step.

    Equal seeds give equal pictures, and with `drawing` diffusers and precision f32 those of diffusers' pipeline.
    `preview` tells --json, every so many steps, how the picture looks by then.
    """
  static let scene = Input<Picture>("scene", help: "The picture to paint in.")
  static let mask = Input<Mask>("mask", help: "Where, of the same size.")
  static let condition = Input<Condition>(
    "condition", help: "The exemplar, from exemplar.encode of the same model.")
  static let latent = Output<Latent>("latent", help: "The painted picture's latents, one sample or several.")
  static let inputs: [any StagePort] = [scene, mask, condition]
  static let outputs: [any StagePort] = [latent]

  enum SamplerChoice: String, ParameterChoice {
    case model, pndm, ddim
    case dpm = "dpm++2m"
    case euler
    case eulerAncestral = "euler-ancestral"
    case unipc
  }
  enum SpacingChoice: String, ParameterChoice { case model, linspace, leading, trailing }
  enum SigmasChoice: String, ParameterChoice { case model, uniform, karras }
  enum ChannelsChoice: String, ParameterChoice {
    case model
    case paintByExample = "paint-by-example"
    case stableDiffusion = "stable-diffusion"
  }
  enum BlendChoice: String, ParameterChoice {
    case off
    case everyStep = "every-step"
  }

  struct Parameters: StageParameters {
    @ParameterGroup var network: NetworkParameters
    @Parameter(help: "Steps of the sampler.", 1...1000) var steps = 50
    @Parameter(help: "Guidance scale: 1 is none, 5 the paper's.", 0...100) var guidance = 5.0
    @Parameter(help: "Share of the run after which guidance starts.", 0...1) var guidanceStart = 0.0
    @Parameter(help: "Share of the run after which guidance ends.", 0...1) var guidanceEnd = 1.0
    @Parameter(help: "The sampler; model is the one the model was published with.") var sampler =
      SamplerChoice.model
    @Parameter(help: "How steps are spread over the training steps.") var spacing = SpacingChoice.model
    @Parameter(help: "How noise levels are spread; karras for dpm++2m, euler and unipc.") var sigmas =
      SigmasChoice.model
    @Parameter(help: "ddim: share of fresh noise.", 0...1) var eta = 0.0
    @Parameter(help: "Seed of the noise.") var seed = 321
    @Parameter(help: "Pictures painted at once, each from noise of its own.", 1...64) var samples = 1
    @Parameter(help: "In whose order random numbers are drawn.") var drawing = ConventionChoice.diffusers
    @Parameter(
      help:
        "How the mask is brought to the latents' size: diffusers takes the nearest pixel, authors interpolates."
    )
    var maskResampling = ConventionChoice.diffusers
    @Parameter(help: "Masks are made hard at this; null leaves soft edges.", 0...1) var maskThreshold:
      Double? = 0.5
    @Parameter(help: "Order of a nine-channel denoiser's inputs; model is what its published class says.")
    var channels = ChannelsChoice.model
    @Parameter(
      help: "every-step sets what is kept back to the scene, with that step's noise, after each step.")
    var blend = BlendChoice.off
    @Parameter(
      help: "Every so many steps, a small picture of the latents is told to --json; 0 is never.", 0...1000)
    var preview = 0

    func conflict() -> ParameterConflict? {
      if guidanceStart > guidanceEnd {
        return ParameterConflict("guidanceEnd", "\(guidanceEnd) lies before guidanceStart, \(guidanceStart)")
      }
      if eta > 0, sampler != .ddim, sampler != .model {
        return ParameterConflict("eta", "only ddim takes eta, not \(sampler.rawValue)")
      }
      return nil
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let model = try DiffusionModel(path: parameters.network.model.path)
    guard let width = inputs[Self.scene]?.sizes["width"], let height = inputs[Self.scene]?.sizes["height"]
    else {
      return Estimate()
    }
    let (unet, autoencoder) = (try model.unet(), try model.autoencoder())
    let scale = autoencoder.configuration.scale
    let (columns, rows) = ((width + scale - 1) / scale, (height + scale - 1) / scale)
    let precision = try parameters.network.precision.value
    let tokens = inputs[Self.condition]?.sizes["tokens"] ?? 1
    return Estimate(
      [
        (
          Self.latent,
          .latent(
            samples: parameters.samples, channels: autoencoder.configuration.latentChannels, height: rows,
            width: columns, pictureWidth: width, pictureHeight: height)
        )
      ],
      workingBytes: try NetworkMemory.bytes(
        of: unet, height: rows, width: columns, contexts: contexts, tokens: tokens, precision: precision)
        + NetworkMemory.bytes(
          ofEncoder: autoencoder, height: scale * rows, width: scale * columns, precision: precision)
    )
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let (scene, mask) = (try inputs[Self.scene].image, try inputs[Self.mask].image)
    try checkSameSize(mask, "mask", scene, "scene")
    let model = try await runtime.model(at: parameters.network.model.path)
    return try await saying(parameters.network.model) {
      let inpainting = try Inpainting(model, options, runtime: runtime)
      guard parameters.preview == 0 || inpainting.channels == latentColours.count else {
        throw StageFailure("previews are known for latents of 4 channels, not \(inpainting.channels)")
      }
      let picture = try scene.planes(context.monitor).padded(toMultipleOf: inpainting.scale)
      let keep = try keepMask(mask, context.monitor).padded(toMultipleOf: inpainting.scale)
      let (rows, columns) = (picture.height / inpainting.scale, picture.width / inpainting.scale)
      let values = try await inpainting.run(
        scene: picture, mask: keep, condition: inputs[Self.condition].value
      ) { state in
        try context.checkCancellation()
        context.monitor.report(state.done, of: state.total, unit: "step")
        if parameters.preview > 0, state.done > 0, state.done.isMultiple(of: parameters.preview) {
          try context.preview(state, channels: inpainting.channels, height: rows, width: columns)
        }
      }
      return StageOutputs(
        Self.latent, Latent(values, pictureWidth: scene.width, pictureHeight: scene.height))
    }
  }

  private func keepMask(_ mask: Image, _ monitor: Monitor) throws -> KeepMask {
    let keep = try evaluate(monitor) { monitor in
      try mask.withPixels(as: UInt8.self, monitor: monitor) { pixels in
        KeepMask(
          holes: pixels, width: mask.width, height: mask.height,
          threshold: parameters.maskThreshold.map { Float($0) })
      }
    }
    guard keep.values.contains(where: { $0 < 1 }) else { throw emptyMask }
    return keep
  }

  /// Contexts that go through the denoiser together.
  private var contexts: Int {
    let isWhole = parameters.guidanceStart == 0 && parameters.guidanceEnd == 1
    return isWhole && parameters.guidance != 1 && parameters.guidance != 0 ? 2 : 1
  }
}
