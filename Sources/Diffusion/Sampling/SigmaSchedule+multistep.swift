extension SigmaSchedule {
  /// The levels of the samplers that solve in λ (DPM-Solver++, UniPC): whole training steps, the cleanest left
  /// out, or Karras' spacing over the whole schedule.
  static func multistep(
    _ configuration: SchedulerConfiguration, _ schedule: NoiseSchedule, steps: Int, kind: SamplerKind
  ) throws(SamplerError) -> SigmaSchedule {
    guard configuration.solverOrder <= 2 else {
      throw SamplerError(kind, "\"solver_order\" \(configuration.solverOrder) is not supported; 1 and 2 are")
    }
    if configuration.usesKarrasSigmas {
      let all = schedule.sigmas
      let final: Float = configuration.finalSigma == .zero ? 0 : all[0]
      return SigmaSchedule(
        karras: steps, from: all[all.count - 1], to: all[0], in: schedule, rounded: true, final: final)
    }
    let spacing = configuration.spacing ?? .linspace
    let times = spacing.timesteps(
      steps, of: schedule.stepCount, offset: configuration.stepsOffset, keepsEnd: false)
    try schedule.check(times, for: kind)
    return SigmaSchedule(schedule, at: times, final: configuration.finalSigma)
  }
}
