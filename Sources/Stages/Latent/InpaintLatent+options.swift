import Diffusion
import PipelineKit

extension InpaintLatent.Parameters {
  /// How they say a picture is painted, but for what computes it.
  var options: InpaintingOptions {
    var options = InpaintingOptions()
    options.steps = steps
    options.sampler = sampler.kind
    options.spacing = TimestepSpacing(rawValue: spacing.rawValue)
    options.usesKarrasSigmas = sigmas == .model ? nil : sigmas == .karras
    options.eta = Float(eta)
    options.guidance = Float(guidance)
    options.guidedPart = guidanceStart...guidanceEnd
    options.seed = itemSeed
    options.runPlace = position.map { RunPlace(position: $0, batch: batch) }
    options.samples = samples
    options.seeding = seeding.value
    options.maskResampling = maskResampling.value
    options.channelOrder = channels.order
    options.blending = blend.value
    options.start = start == .noise ? .noise : .scene
    options.strength = strength
    (options.cacheInterval, options.cacheBranch) = (cacheInterval, cacheBranch)
    options.adapter = adapter?.foundPath
    options.sceneLatents = sceneLatents == .mean ? .mean : .sample
    return options
  }
}

extension InpaintLatent.Parameters {
  /// The seed of this item's noise.
  private var itemSeed: Int {
    if item.isEmpty { return seed }
    let digest = ContentDigest(
      of: JSONWriter.canonical(["seed": JSONValue(seed), "item": .string(item)]))
    // Of a seed torch's generator takes 32 bits.
    return Int(UInt32(truncatingIfNeeded: digest.first))
  }
}

extension InpaintLatent.ChannelsChoice {
  /// The order; nil for what the model says.
  fileprivate var order: ChannelOrder? {
    switch self {
    case .model: nil
    case .paintByExample: .paintByExample
    case .stableDiffusion: .stableDiffusion
    }
  }
}

extension InpaintLatent.SeedingChoice {
  fileprivate var value: Seeding {
    switch self {
    case .diffusers: .diffusers
    case .authors: .authors
    case .perSample: .perSample
    }
  }
}

extension InpaintLatent.BlendChoice {
  /// How; nil for what the model needs.
  fileprivate var value: SceneBlending? {
    switch self {
    case .auto: nil
    case .off: .never
    case .everyStep: .everyStep
    case .freshNoise: .freshNoise
    }
  }
}

extension InpaintLatent.MaskResamplingChoice {
  var value: MaskResampling {
    switch self {
    case .diffusers: .nearest
    case .authors: .bilinear
    case .maximum: .maximum
    case .middle: .middle
    }
  }
}
