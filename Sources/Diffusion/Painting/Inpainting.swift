public import Tensors

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
/// Yang et al. 2023; Rombach et al. 2022. The order of all computations is that of diffusers' PaintByExamplePipeline and
/// StableDiffusionInpaintPipeline.
public struct Inpainting: Sendable {
  private let networks: ModelNetworks
  private let unet: UNet
  private let coding: LatentCoding
  private let options: InpaintingOptions
  private let layout: DenoiserLayout

  /// Prepares an inpainting.
  ///
  /// - Throws: `InpaintingError` when options and model do not go together.
  public init(_ model: DiffusionModel, _ options: InpaintingOptions, runtime: DiffusionRuntime) throws {
    self.options = options
    networks = ModelNetworks(model, options.compute, runtime)
    unet = try model.unet()
    coding = try LatentCoding(model, options.compute, runtime: runtime)
    layout = try Self.layout(unet, latents: coding.channels, model, options)
    if let fault = Self.cacheFault(unet, options) { throw InpaintingError(fault) }
  }

  private static func cacheFault(_ unet: UNet, _ options: InpaintingOptions) -> String? {
    guard options.cacheInterval > 1, options.cacheBranch >= unet.branchCount else { return nil }
    return
      "cacheBranch is \(options.cacheBranch); the denoiser's skip connections are 0 to \(unet.branchCount - 1)"
  }

  /// Everything that keeps pictures from being painted by a model with these options, as far as it is known beforehand.
  package static func faults(of model: DiffusionModel, _ options: InpaintingOptions) -> [String] {
    var faults = ModelFaults()
    let unet = faults.attempt { try model.unet() }
    let autoencoder = faults.attempt { try model.autoencoder() }
    if let unet, let autoencoder {
      faults.attempt {
        try layout(unet, latents: autoencoder.configuration.latentChannels, model, options)
      }
    }
    faults.attempt { try sampler(model, options) }
    if let unet, let fault = cacheFault(unet, options) { faults.add(fault) }
    if let unet, let path = options.adapter, let adapter = faults.attempt({ try IPAdapter(path: path) }),
      let fault = adapter.fault(with: unet)
    {
      faults.add(fault)
    }
    return faults.all
  }

  private static func layout(
    _ unet: UNet, latents: Int, _ model: DiffusionModel, _ options: InpaintingOptions
  ) throws -> DenoiserLayout {
    let layout = try DenoiserLayout(unet, latents: latents, order: options.channelOrder ?? model.channelOrder)
    guard layout.seesScene || options.blending != .never else {
      throw InpaintingError(
        "a denoiser of \(unet.configuration.inputChannels) channels sees nothing of the scene unless it is blended in "
          + "at every step")
    }
    return layout
  }

  /// How many of the sampler's first steps are left out, as diffusers counts them.
  private static func skippedSteps(_ options: InpaintingOptions) throws -> Int {
    let taken = min(Int(Double(options.steps) * options.strength), options.steps)
    guard taken > 0 else {
      throw InpaintingError(
        "of \(options.steps) steps, strength \(options.strength) leaves none; it takes \(1 / Double(options.steps)) at least"
      )
    }
    return options.steps - taken
  }

  /// How what is kept is set back to the scene after each step.
  private var blending: SceneBlending { options.blending ?? (layout.seesScene ? .never : .everyStep) }

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
  /// - Throws: `InpaintingError` for conditioning of another width, or latents that are no numbers any more.
  public func run(
    scene: PixelPlanes, mask: KeepMask, conditioning: DenoiserConditioning,
    observe: @Sendable (InpaintingState) async throws -> Void = { _ in }
  ) async throws -> Tensor {
    guard conditioning.width == unet.configuration.contextWidth else {
      throw InpaintingError(
        "the conditioning's tokens are \(conditioning.width) wide, the denoiser takes \(unet.configuration.contextWidth): "
          + "they belong to different models")
    }
    guard (conditioning.images == nil) == (options.adapter == nil) else {
      throw InpaintingError(
        conditioning.images == nil
          ? "there is an adapter, but the condition holds no tokens of pictures"
          : "the condition holds tokens of pictures, for which the denoiser needs the adapter that made them")
    }
    let kept = mask.resampled(scale: scale, by: options.maskResampling)
    var groups = try await groups(scene, mask, kept, conditioning)
    let (total, first) = (groups[0].sampler.timesteps.count, groups[0].sampler.position)
    func state(_ done: Int) -> InpaintingState {
      InpaintingState(done: done - first, total: total - first, latents: groups.flatMap(\.latents))
    }
    try await observe(state(first))
    for step in first..<total {
      for index in groups.indices {
        try Task.checkCancellation()
        try await groups[index].advance(
          guidance: guidance(step, of: total), asPair: options.guidedPart == 0...1,
          refreshes: (step - first).isMultiple(of: options.cacheInterval))
        switch blending {
        case .never: break
        case .everyStep: groups[index].blend(keeping: kept)
        case .freshNoise: groups[index].blendWithFreshNoise(keeping: kept)
        }
      }
      guard groups.allSatisfy({ $0.latents.allSatisfy(\.isFinite) }) else {
        throw InpaintingError(
          "the latents hold values that are no finite numbers after step \(step + 1) of \(total)"
            + (options.compute.precision == .f32
              ? "" : "; precision f32 has more range than \(options.compute.precision.rawValue)"))
      }
      try await observe(state(step + 1))
    }
    return Tensor(
      groups.flatMap(\.latents),
      shape: [options.samples, channels, scene.height / scale, scene.width / scale])
  }

  /// All samples before the first step, those of one generator together.
  private func groups(
    _ scene: PixelPlanes, _ mask: KeepMask, _ kept: [Float], _ conditioning: DenoiserConditioning
  ) async throws -> [SampleGroup] {
    let (height, width) = (scene.height / scale, scene.width / scale)
    let size = channels * height * width
    let sampler = try Self.sampler(networks.model, options)
    let skipped = try Self.skippedSteps(options)
    let masked = layout.seesScene ? try await coding.distribution(of: scene.multiplied(by: mask.values)) : nil
    let isStarted = skipped > 0 && options.start == .scene
    let whole = blending != .never || isStarted ? try await coding.distribution(of: scene) : nil
    let drawsScene = whole != nil && options.sceneLatents == .sample
    func draws(_ seed: Int, samples: Int) -> InitialNoise {
      // diffusers encodes the masked picture for denoisers that see nothing of it, too.
      InitialNoise(
        seed: seed, samples: samples, size: size, options.seeding, drawsScene: drawsScene,
        drawsMasked: layout.seesScene || blending != .freshNoise,
        in: options.runPlace, predictions: sampler.timesteps.count)
    }
    let noise =
      options.seeding == .perSample
      ? (0..<options.samples).map { draws(options.seed &+ $0, samples: 1) }
      : [draws(options.seed, samples: options.samples)]
    return noise.map { draws in
      let sceneChannels = masked.map { self.sceneChannels($0.sample(draws.posterior), kept) } ?? []
      return SampleGroup(
        denoiser: Denoiser(
          unet: unet, networks: networks,
          sceneChannels: sceneChannels, conditioning: conditioning, adapter: options.adapter, height: height,
          width: width, channels: channels,
          cacheBranch: options.cacheInterval > 1 ? options.cacheBranch : nil),
        sampler: sampler, generator: draws.generator, noise: draws.initial,
        scene: whole.map { draws.scene.map($0.sample) ?? $0.mean } ?? [], skipped: skipped,
        startsFromScene: isStarted)
    }
  }

  private static func sampler(_ model: DiffusionModel, _ options: InpaintingOptions) throws -> any Sampler {
    var schedule = try model.schedule
    if let spacing = options.spacing { schedule.spacing = spacing }
    if let karras = options.usesKarrasSigmas { schedule.usesKarrasSigmas = karras }
    let kind = options.sampler ?? schedule.sampler
    guard options.usesKarrasSigmas != true || kind.takesKarrasSigmas else {
      throw InpaintingError("\(kind.rawValue) takes no Karras noise levels; DPM-Solver++, Euler and UniPC do")
    }
    if let fault = RunPlace.fault(in: options, sampler: kind) { throw InpaintingError(fault) }
    let sampler = try schedule.makeSampler(options.sampler, steps: options.steps, eta: options.eta)
    guard options.start == .scene || options.strength == 1 || sampler.initialNoiseScale == 1 else {
      throw InpaintingError(
        "\(kind.name) does not start in the middle of a run from noise alone; \(SamplerKind.ddim.name) does")
    }
    return sampler
  }

  /// The channels that show the denoiser the scene, beside the latents, in its order.
  private func sceneChannels(_ masked: [Float], _ keep: [Float]) -> [Float] {
    switch layout {
    case .latentsAlone: []
    case .withScene(.paintByExample): masked + keep
    case .withScene(.stableDiffusion): keep.map { 1 - $0 } + masked
    }
  }

  private func guidance(_ step: Int, of total: Int) -> Float {
    options.guidedPart.contains(Double(step) / Double(total)) ? options.guidance : 1
  }
}

/// The noise that the samples of one generator start with.
private struct InitialNoise {
  /// After these were drawn.
  var generator: TorchGenerator
  /// For the initial latents of all samples.
  let initial: [Float]
  /// For the masked picture's latents.
  let posterior: [Float]
  /// For the whole scene's latents.
  let scene: [Float]?

  init(
    seed: Int, samples: Int, size: Int, _ seeding: Seeding, drawsScene: Bool, drawsMasked: Bool,
    in place: RunPlace?, predictions: Int
  ) {
    generator = TorchGenerator(seed: seed)
    if let place {
      (posterior, initial) = place.noise(size: size, predictions: predictions, &generator)
      scene = nil
      return
    }
    scene = drawsScene ? generator.normal(count: size) : nil
    switch seeding {
    case .diffusers, .perSample:
      initial = generator.normal(count: samples * size)
      posterior = drawsMasked ? generator.normal(count: size) : []
    case .authors:
      posterior = drawsMasked ? generator.normal(count: size) : []
      initial = generator.normal(count: samples * size)
    }
  }
}
