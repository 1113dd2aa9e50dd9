extension SamplerKind {
  /// Euler's method with fresh noise at each step.
  public static let eulerAncestral = SamplerKind("EulerAncestralDiscreteScheduler", name: "euler-ancestral") {
    configuration, steps, _ throws(SamplerError) in
    try EulerAncestralSampler(configuration, steps: steps)
  }
}

/// Euler's method down to a little less noise than wanted, then fresh noise to make up for it.
///
/// Source: Crowson, k-diffusion, `sample_euler_ancestral`.
package struct EulerAncestralSampler: Sampler {
  /// See ``Sampler``.
  package var timesteps: [Float] { levels.timesteps }
  /// See ``Sampler``.
  package let initialNoiseScale: Float
  /// See ``Sampler``.
  package private(set) var position = 0

  private let levels: SigmaSchedule
  private let prediction: SchedulerConfiguration.Prediction

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(SamplerError) {
    guard configuration.prediction != .sample else {
      throw SamplerError(.eulerAncestral, "\"prediction_type\" \"sample\" is not supported")
    }
    guard !configuration.usesKarrasSigmas else {
      throw SamplerError(.eulerAncestral, "\"use_karras_sigmas\" is not supported")
    }
    let spacing = configuration.spacing ?? .linspace
    prediction = configuration.prediction
    levels = try NoiseSchedule(configuration).eulerLevels(
      configuration, spacing, steps: steps, kind: .eulerAncestral, final: .zero)
    initialNoiseScale = levels.initialNoiseScale(spacing)
  }

  /// See ``Sampler``.
  package mutating func begin(after steps: Int) { position = steps }

  /// See ``Sampler``.
  package func modelInput(_ latents: [Float]) -> [Float] { levels.scaled(latents, at: position) }

  /// See ``Sampler``.
  package mutating func step(
    _ output: [Float], latents: [Float], generator: inout TorchGenerator
  ) -> [Float] {
    let (sigma, next) = (levels.sigmas[position], levels.sigmas[position + 1])
    position += 1
    let (variance, nextVariance) = (sigma * sigma, next * next)
    let up = (nextVariance * (variance - nextVariance) / variance).squareRoot()
    let down = (nextVariance - up * up).squareRoot()
    let noise = generator.normal(count: latents.count)
    return latents.indices.map { index in
      let latent = latents[index]
      let clean = prediction.clean(output[index], latent, sigma: sigma)
      return latent + (latent - clean) / sigma * (down - sigma) + noise[index] * up
    }
  }

  /// See ``Sampler``.
  package func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float] {
    mixed(clean, 1, noise, levels.sigmas[index])
  }
}
