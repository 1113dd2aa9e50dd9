import Diffusion
import PipelineKit

extension InpaintLatent {
  /// How the parameters say a picture is painted.
  var options: InpaintingOptions {
    get throws {
      var options = InpaintingOptions()
      options.steps = parameters.steps
      options.sampler = parameters.sampler.kind
      options.spacing = TimestepSpacing(rawValue: parameters.spacing.rawValue)
      options.usesKarrasSigmas = parameters.sigmas == .model ? nil : parameters.sigmas == .karras
      options.eta = Float(parameters.eta)
      options.guidance = Float(parameters.guidance)
      options.guidedPart = parameters.guidanceStart...parameters.guidanceEnd
      options.seed = parameters.seed
      options.samples = parameters.samples
      options.drawing = parameters.drawing.value
      options.maskResampling = parameters.maskResampling.value
      options.channelOrder = parameters.channels.order
      options.blendsEveryStep = parameters.blend == .everyStep
      options.arithmetic = try parameters.network.arithmetic
      return options
    }
  }
}

extension InpaintLatent.SamplerChoice {
  /// The sampler; nil for the model's own.
  fileprivate var kind: SamplerKind? {
    switch self {
    case .model: nil
    case .pndm: .pndm
    case .ddim: .ddim
    case .dpm: .dpmSolver
    case .euler: .euler
    case .eulerAncestral: .eulerAncestral
    case .unipc: .uniPC
    }
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
