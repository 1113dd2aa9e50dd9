extension SamplerKind {
  /// Few steps with a denoiser that was distilled to be consistent; each but the last adds noise.
  public static let lcm = SamplerKind("LCMScheduler", name: "lcm") {
    configuration, steps, _ throws(SamplerError) in
    try LCMSampler(configuration, steps: steps)
  }
}

/// Multistep consistency sampling: each step finds the clean latents, and noises them anew to the next level.
///
/// For denoisers trained by consistency distillation, which give another's pictures nothing useful. Source: Song et al.,
/// "Consistency Models", 2023, algorithm 1; Luo et al., "Latent Consistency Models", 2023, algorithm 3.
package struct LCMSampler: Sampler {
  /// See ``Sampler``.
  package let timesteps: [Float]
  /// See ``Sampler``.
  package let initialNoiseScale: Float = 1
  /// See ``Sampler``.
  package private(set) var position = 0

  private let schedule: NoiseSchedule
  private let prediction: SchedulerConfiguration.Prediction
  private let boundary: ConsistencyBoundary
  private let clipRange: Float?

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(SamplerError) {
    schedule = NoiseSchedule(configuration)
    prediction = configuration.prediction
    boundary = ConsistencyBoundary(timestepScaling: configuration.timestepScaling)
    clipRange = configuration.clipsSample ?? false ? Float(configuration.clipRange) : nil
    let distilled = ConsistencySteps(configuration.distilledStepCount, of: configuration.trainStepCount)
    guard steps <= distilled.count else {
      throw SamplerError(
        .lcm,
        "\(steps) steps; the denoiser was distilled between \(distilled.count), and takes 2 to 8 of them")
    }
    timesteps = distilled.spread(steps).map(Float.init)
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
    let factors = prediction.cleanFactors(kept: schedule.alphasCumprod[time])
    let (skip, out) = boundary.shares(at: time)
    let clean = zip(output, latents).map { output, latent in
      var clean = factors.latent * latent + factors.output * output
      if let clipRange { clean = min(max(clean, -clipRange), clipRange) }
      return out * clean + skip * latent
    }
    guard position < timesteps.count else { return clean }
    return noised(clean, with: generator.normal(count: clean.count), before: position)
  }

  /// See ``Sampler``.
  package func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float] {
    index < timesteps.count ? schedule.noised(clean, with: noise, at: Int(timesteps[index])) : clean
  }
}
