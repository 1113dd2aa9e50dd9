extension SamplerKind {
  /// Euler's method in sigma.
  public static let euler = SamplerKind("EulerDiscreteScheduler", name: "euler", takesKarrasSigmas: true) {
    configuration, steps, _ throws(SamplerError) in
    try EulerSampler(configuration, steps: steps)
  }
}

/// Euler's method, from one sigma to the next. Latents are scaled so that the signal keeps its size.
///
/// Source: Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022.
package struct EulerSampler: Sampler {
  /// See ``Sampler``.
  package var timesteps: [Float] { levels.timesteps }
  /// See ``Sampler``.
  package let initialNoiseScale: Float
  /// See ``Sampler``.
  package private(set) var position = 0

  private let levels: SigmaSchedule
  private let prediction: SchedulerConfiguration.Prediction

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(SamplerError) {
    let schedule = NoiseSchedule(configuration)
    let spacing = configuration.spacing ?? .linspace
    prediction = configuration.prediction
    let plain = try schedule.eulerLevels(
      configuration, spacing, steps: steps, kind: .euler, final: configuration.finalSigma)
    guard configuration.usesKarrasSigmas else {
      levels = plain
      initialNoiseScale = plain.initialNoiseScale(spacing)
      return
    }
    levels = SigmaSchedule(
      karras: plain.timesteps.count, from: plain.sigmas[0], to: plain.sigmas[plain.timesteps.count - 1],
      in: schedule, rounded: false, final: plain.sigmas.last!)
    initialNoiseScale = levels.initialNoiseScale(spacing)
  }

  /// See ``Sampler``.
  package mutating func begin(after steps: Int) { position = steps }

  /// See ``Sampler``.
  package func modelInput(_ latents: [Float]) -> [Float] {
    levels.scaled(latents, at: position)
  }

  /// See ``Sampler``.
  package mutating func step(
    _ output: [Float], latents: [Float], generator: inout TorchGenerator
  ) -> [Float] {
    let (sigma, next) = (levels.sigmas[position], levels.sigmas[position + 1])
    position += 1
    return zip(output, latents).map { output, latent in
      let clean = prediction.clean(output, latent, sigma: sigma)
      return latent + (latent - clean) / sigma * (next - sigma)
    }
  }

  /// See ``Sampler``.
  package func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float] {
    mixed(clean, 1, noise, levels.sigmas[index])
  }
}
