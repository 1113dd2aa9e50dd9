public import Tensors

/// How a picture is painted.
public struct InpaintingOptions: Sendable, Hashable {
  /// Steps of the sampler.
  public var steps = 50
  /// The sampler; nil is the one the model was published with.
  public var sampler: SamplerKind?
  /// How steps are spread; nil is as the model or the sampler says.
  public var spacing: TimestepSpacing?
  /// Whether noise levels are spread as Karras et al. (2022) spread them; nil is as the model says.
  public var usesKarrasSigmas: Bool?
  /// DDIM's share of fresh noise.
  public var eta: Float = 0
  /// Guidance scale s in ε(v) + s·(ε(c) − ε(v)): 1 runs the conditioned half alone, 0 the unconditioned.
  public var guidance: Float = 5
  /// The part of the run that is guided, as shares of its steps; the rest runs the conditioned half alone.
  public var guidedPart: ClosedRange<Double> = 0...1
  /// Seed of the noise.
  public var seed = 0
  /// Pictures painted at once, each from noise of its own.
  public var samples = 1
  /// In whose order random numbers are drawn: diffusers draws the initial noise first, the authors the noise of the
  /// masked picture's latents.
  public var drawing = Convention.diffusers
  /// How the mask is brought to the latents' size.
  public var maskResampling = Convention.diffusers
  /// The order of a nine-channel denoiser's inputs; nil is what the model's class says.
  public var channelOrder: ChannelOrder?
  /// Whether, after each step, what is kept is set back to the scene's latents with the noise of that step (Avrahami et al.
  /// 2022, "Blended Diffusion").
  public var blendsEveryStep = false
  /// What computes, and how exactly.
  public var arithmetic = Arithmetic(.f32)

  /// The paper's: 50 steps, guidance 5.
  public init() {}
}

/// Where an inpainting is: after `done` of `total` steps, with the latents of all samples.
public struct InpaintingState: Sendable {
  /// Steps taken.
  public var done: Int
  /// Steps in all.
  public var total: Int
  /// `[samples, channels, height, width]`, flat.
  public var latents: [Float]
}

/// Painting cannot be done as asked, in words for whoever asked.
public struct InpaintingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let description: String
  /// A fault in words.
  public init(_ description: String) { self.description = description }
}

/// Guided latent inpainting: the way from noise to the latents of a picture whose hole holds the exemplar's object.
///
/// Yang et al. 2023; the order of all computations is that of diffusers' PaintByExamplePipeline.
public struct Inpainting: Sendable {
  private let model: DiffusionModel
  private let unet: UNet
  private let coding: LatentCoding
  private let runtime: DiffusionRuntime
  private let options: InpaintingOptions
  private let layout: DenoiserLayout

  /// Prepares an inpainting.
  ///
  /// - Throws: `InpaintingError` when options and model do not go together.
  public init(_ model: DiffusionModel, _ options: InpaintingOptions, runtime: DiffusionRuntime) throws {
    self.model = model
    self.options = options
    self.runtime = runtime
    unet = try model.unet()
    coding = try LatentCoding(model, options.arithmetic, runtime: runtime)
    layout = try DenoiserLayout(unet, coding, order: options.channelOrder ?? model.channelOrder)
    guard layout.seesScene || options.blendsEveryStep else {
      throw InpaintingError(
        "a denoiser of \(unet.configuration.inputChannels) channels sees nothing of the scene unless it is blended in "
          + "at every step")
    }
  }

  /// Pixels of the picture for one of the latents, along either axis.
  public var scale: Int { coding.scale }
  /// Channels of the latents.
  public var channels: Int { coding.channels }

  /// Paints.
  ///
  /// - Parameters:
  ///   - scene: with sides that are multiples of `scale`.
  ///   - mask: of the same size.
  ///   - observe: called before the first step and after each.
  /// - Returns: the latents `[samples, channels, height / scale, width / scale]`, times the scaling factor.
  /// - Throws: `InpaintingError` for a condition of another width, or latents that are no numbers any more.
  public func run(
    scene: PixelPlanes, mask: KeepMask, condition: ExemplarCondition,
    observe: @Sendable (InpaintingState) throws -> Void = { _ in }
  ) async throws -> Tensor {
    guard condition.width == unet.configuration.contextWidth else {
      throw InpaintingError(
        "the condition's tokens are \(condition.width) wide, the denoiser takes \(unet.configuration.contextWidth): "
          + "they belong to different models")
    }
    let (height, width) = (scene.height / scale, scene.width / scale)
    let size = channels * height * width
    var sampler = try makeSampler()
    var generator = TorchGenerator(seed: options.seed)
    let draws = Draws(&generator, size: size, options)
    var latents = draws.initial.map { $0 * sampler.initialNoiseScale }

    let told = try await told(of: scene, mask, draws.posterior)
    let kept = mask.resampled(scale: scale, convention: options.maskResampling)
    let clean = options.blendsEveryStep ? try await coding.encode(scene) : []
    let denoiser = Denoiser(
      unet: unet, model: model, runtime: runtime, arithmetic: options.arithmetic, layout: layout, told: told,
      condition: condition, height: height, width: width, channels: channels)

    let total = sampler.timesteps.count
    try observe(InpaintingState(done: 0, total: total, latents: latents))
    for step in 0..<total {
      try Task.checkCancellation()
      let output = try await denoiser.noise(
        in: sampler.modelInput(latents), at: sampler.timesteps[step], guidance: guidance(step, of: total),
        asPair: options.guidedPart == 0...1)
      latents = sampler.step(output, latents: latents, generator: &generator)
      if options.blendsEveryStep {
        latents = blended(latents, clean, kept, draws.initial) {
          sampler.noised($0, with: $1, before: step + 1)
        }
      }
      guard latents.allSatisfy(\.isFinite) else {
        throw InpaintingError(
          "the latents hold values that are no finite numbers after step \(step + 1) of \(total)"
            + (options.arithmetic.precision == .f32
              ? "" : "; precision f32 has more range than \(options.arithmetic.precision.rawValue)"))
      }
      try observe(InpaintingState(done: step + 1, total: total, latents: latents))
    }
    return Tensor(latents, shape: [options.samples, channels, height, width])
  }

  private func makeSampler() throws -> any Sampler {
    var schedule = model.schedule
    if let spacing = options.spacing { schedule.spacing = spacing }
    if let karras = options.usesKarrasSigmas { schedule.usesKarrasSigmas = karras }
    let kind = options.sampler ?? schedule.sampler
    guard options.usesKarrasSigmas != true || kind.takesKarrasSigmas else {
      throw InpaintingError("\(kind.rawValue) takes no Karras noise levels; DPM-Solver++, Euler and UniPC do")
    }
    return try schedule.makeSampler(options.sampler, steps: options.steps, eta: options.eta)
  }

  /// What the denoiser is told of the scene beside the latents, in its order.
  private func told(of scene: PixelPlanes, _ mask: KeepMask, _ noise: [Float]) async throws -> [Float] {
    guard layout.seesScene else { return [] }
    let masked = try await coding.encode(scene.multiplied(by: mask.values), noise: noise)
    let keep = mask.resampled(scale: scale, convention: options.maskResampling)
    switch layout {
    case .latentsAlone: return []
    case .withScene(.paintByExample): return masked + keep
    case .withScene(.stableDiffusion): return keep.map { 1 - $0 } + masked
    }
  }

  private func guidance(_ step: Int, of total: Int) -> Float {
    options.guidedPart.contains(Double(step) / Double(total)) ? options.guidance : 1
  }

  /// The latents where the picture changes, the scene's with this moment's noise where it is kept.
  private func blended(
    _ latents: [Float], _ clean: [Float], _ kept: [Float], _ noise: [Float],
    noised: ([Float], [Float]) -> [Float]
  ) -> [Float] {
    var result = latents
    for sample in 0..<options.samples {
      let range = sample * clean.count..<(sample + 1) * clean.count
      let scene = noised(clean, Array(noise[range]))
      for index in clean.indices {
        let keep = kept[index % kept.count]
        result[range.lowerBound + index] =
          keep * scene[index] + (1 - keep) * latents[range.lowerBound + index]
      }
    }
    return result
  }
}

/// The random numbers a run starts with.
private struct Draws {
  /// For the initial latents of all samples.
  var initial: [Float] = []
  /// For the masked picture's latents.
  var posterior: [Float] = []

  init(_ generator: inout TorchGenerator, size: Int, _ options: InpaintingOptions) {
    switch options.drawing {
    case .diffusers:
      initial = generator.normal(count: options.samples * size)
      posterior = generator.normal(count: size)
    case .authors:
      posterior = generator.normal(count: size)
      initial = generator.normal(count: options.samples * size)
    }
  }
}
