import Foundation

extension SamplerKind {
  /// DPM-Solver++, first or second order, multistep.
  public static let dpmSolver = SamplerKind(
    "DPMSolverMultistepScheduler", name: "dpm++2m", takesKarrasSigmas: true
  ) { configuration, steps, _ throws(SamplerError) in
    try DPMSolverSampler(configuration, steps: steps)
  }
}

/// DPM-Solver++ in its multistep form, of first or second order.
///
/// Source: Lu et al., "DPM-Solver++: Fast Solver for Guided Sampling", 2022, algorithm 2.
package struct DPMSolverSampler: Sampler {
  /// See ``Sampler``.
  package var timesteps: [Float] { levels.timesteps }
  /// See ``Sampler``.
  package let initialNoiseScale: Float = 1
  /// See ``Sampler``.
  package private(set) var position = 0

  private enum Rule: String { case midpoint, heun }

  private let levels: SigmaSchedule
  private let prediction: SchedulerConfiguration.Prediction
  private let rule: Rule
  private let order: Int
  private let endsWithFirstOrder: Bool
  private var lastClean: [Float]?

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(SamplerError) {
    let schedule = NoiseSchedule(configuration)
    levels = try .multistep(configuration, schedule, steps: steps, kind: .dpmSolver)
    prediction = configuration.prediction
    // UniPC's variants mean the default here, as in diffusers.
    switch configuration.solverType ?? "midpoint" {
    case "midpoint", "bh1", "bh2": rule = .midpoint
    case "heun": rule = .heun
    case let other: throw SamplerError(.dpmSolver, "\"solver_type\" \"\(other)\" is not supported")
    }
    order = configuration.solverOrder
    endsWithFirstOrder =
      configuration.endsWithEuler || configuration.finalSigma == .zero
      || (configuration.lowersOrderAtEnd && levels.timesteps.count < 15)
  }

  /// See ``Sampler``.
  package mutating func begin(after steps: Int) { position = steps }

  /// See ``Sampler``.
  package func modelInput(_ latents: [Float]) -> [Float] { latents }

  /// See ``Sampler``.
  package mutating func step(
    _ output: [Float], latents: [Float], generator: inout TorchGenerator
  ) -> [Float] {
    let clean = prediction.clean(output, latents, sigma: levels.sigmas[position])
    defer {
      lastClean = clean
      position += 1
    }
    let isLast = position == timesteps.count - 1
    if order == 2, let lastClean, !(isLast && endsWithFirstOrder) {
      return secondOrder(latents, clean, before: lastClean)
    }
    return firstOrder(latents, clean)
  }

  /// See ``Sampler``.
  package func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float] {
    let shares = SigmaSchedule.shares(levels.sigmas[index])
    return mixed(clean, shares.alpha, noise, shares.sigma)
  }

  private func firstOrder(_ latents: [Float], _ clean: [Float]) -> [Float] {
    let (keep, move, _) = coefficients()
    return zip(latents, clean).map { keep * $0 - move * $1 }
  }

  private func secondOrder(_ latents: [Float], _ clean: [Float], before: [Float]) -> [Float] {
    let (keep, move, h) = coefficients()
    let (sigma, last) = (levels.sigmas[position], levels.sigmas[position - 1])
    let ratio = (SigmaSchedule.lambda(sigma) - SigmaSchedule.lambda(last)) / h
    let alpha = SigmaSchedule.shares(levels.sigmas[position + 1]).alpha
    return latents.indices.map { index in
      let slope = 1 / ratio * (clean[index] - before[index])
      let first = keep * latents[index] - move * clean[index]
      return rule == .midpoint
        ? first - 0.5 * move * slope : first + alpha * ((exp(-h) - 1) / h + 1) * slope
    }
  }

  /// σ_next/σ, α_next(e^−h − 1), and h, the step in λ.
  private func coefficients() -> (keep: Float, move: Float, h: Float) {
    let (sigma, next) = (levels.sigmas[position], levels.sigmas[position + 1])
    let h = SigmaSchedule.lambda(next) - SigmaSchedule.lambda(sigma)
    let (now, then) = (SigmaSchedule.shares(sigma), SigmaSchedule.shares(next))
    return (then.sigma / now.sigma, then.alpha * (exp(-h) - 1), h)
  }
}
