extension SamplerKind {
  /// Deterministic steps, or stochastic ones with eta above 0.
  public static let ddim = SamplerKind("DDIMScheduler", name: "ddim", takesEta: true) {
    configuration, steps, eta throws(SamplerError) in
    try DDIMSampler(configuration, steps: steps, eta: eta)
  }
}

/// Denoising diffusion implicit models, deterministic with eta 0.
///
/// Source: Song et al., "Denoising Diffusion Implicit Models", 2021, formulas 12 and 16.
package struct DDIMSampler: Sampler {
  /// See ``Sampler``.
  package let timesteps: [Float]
  /// See ``Sampler``.
  package let initialNoiseScale: Float = 1
  /// See ``Sampler``.
  package private(set) var position = 0

  private let schedule: NoiseSchedule
  private let prediction: SchedulerConfiguration.Prediction
  private let finalAlpha: Float
  private let clipRange: Float?
  private let stride: Int
  private let eta: Float

  init(_ configuration: SchedulerConfiguration, steps: Int, eta: Float) throws(SamplerError) {
    schedule = NoiseSchedule(configuration)
    prediction = configuration.prediction
    finalAlpha = configuration.setsAlphaToOne ?? true ? 1 : schedule.alphasCumprod[0]
    clipRange = configuration.clipsSample ?? true ? Float(configuration.clipRange) : nil
    stride = schedule.stepCount / steps
    self.eta = eta
    let spacing = configuration.spacing ?? .leading
    let times = spacing.timesteps(steps, of: schedule.stepCount, offset: configuration.stepsOffset)
    try schedule.check(times, for: .ddim)
    timesteps = times.map(Float.init)
  }

  /// See ``Sampler``.
  package mutating func begin(after steps: Int) { position = steps }

  /// See ``Sampler``.
  package func modelInput(_ latents: [Float]) -> [Float] { latents }

  /// See ``Sampler``.
  package mutating func step(
    _ output: [Float], latents: [Float], generator: inout TorchGenerator
  ) -> [Float] {
    let time = Int(timesteps[position])
    position += 1
    let alpha = schedule.alphasCumprod[time]
    let nextAlpha = time - stride >= 0 ? schedule.alphasCumprod[time - stride] : finalAlpha
    let (root, noiseRoot) = (alpha.squareRoot(), (1 - alpha).squareRoot())
    let variance = (1 - nextAlpha) / (1 - alpha) * (1 - alpha / nextAlpha)
    let deviation = eta * variance.squareRoot()
    let direction = (1 - nextAlpha - deviation * deviation).squareRoot()
    var next = zip(output, latents).map { output, latent in
      var (clean, noise) = split(output, latent, root, noiseRoot)
      if let clipRange { clean = min(max(clean, -clipRange), clipRange) }
      return nextAlpha.squareRoot() * clean + direction * noise
    }
    if eta > 0 {
      for (index, noise) in generator.normal(count: next.count).enumerated() {
        next[index] += deviation * noise
      }
    }
    return next
  }

  /// See ``Sampler``.
  package func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float] {
    let alpha = index < timesteps.count ? schedule.alphasCumprod[Int(timesteps[index])] : finalAlpha
    return schedule.noised(clean, with: noise, keeping: alpha)
  }

  /// The clean latent and the noise that an output means.
  private func split(
    _ output: Float, _ latent: Float, _ root: Float, _ noiseRoot: Float
  ) -> (clean: Float, noise: Float) {
    switch prediction {
    case .epsilon: ((latent - noiseRoot * output) / root, output)
    case .sample: (output, (latent - root * output) / noiseRoot)
    case .velocity: (root * latent - noiseRoot * output, root * output + noiseRoot * latent)
    }
  }
}
