extension NoiseSchedule {
  /// The levels of Euler's method without Karras' spacing; `linspace` may fall between training steps.
  func eulerLevels(
    _ configuration: SchedulerConfiguration, _ spacing: TimestepSpacing, steps: Int, kind: SamplerKind,
    final: SchedulerConfiguration.FinalSigma
  ) throws(SamplerError) -> SigmaSchedule {
    let times = spacing.timesteps(
      steps, of: stepCount, offset: configuration.stepsOffset, rounds: false)
    try check(times, for: kind)
    return SigmaSchedule(self, at: times, final: final)
  }
}

extension SigmaSchedule {
  /// What standard normal noise is multiplied by: the first sigma, or, where the first step is not the
  /// noisiest, the deviation of signal and noise together.
  func initialNoiseScale(_ spacing: TimestepSpacing) -> Float {
    let largest = sigmas.max()!
    return spacing == .leading ? (largest * largest + 1).squareRoot() : largest
  }

  /// Latents of variance 1.
  func scaled(_ latents: [Float], at position: Int) -> [Float] {
    let sigma = sigmas[position]
    let scale = (sigma * sigma + 1).squareRoot()
    return latents.map { $0 / scale }
  }
}
