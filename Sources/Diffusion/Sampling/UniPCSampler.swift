import Foundation

extension SamplerKind {
  /// UniPC, first or second order.
  public static let uniPC = SamplerKind("UniPCMultistepScheduler", name: "unipc", takesKarrasSigmas: true) {
    configuration, steps, _ throws(SamplerError) in
    try UniPCSampler(configuration, steps: steps)
  }
}

/// UniPC: a multistep predictor, and a corrector that uses the next evaluation to mend the last step.
///
/// Source: Zhao et al., "UniPC: A Unified Predictor-Corrector Framework", 2023, in its B(h) form, orders 1 and 2.
package struct UniPCSampler: Sampler {
  /// See ``Sampler``.
  package var timesteps: [Float] { levels.timesteps }
  /// See ``Sampler``.
  package let initialNoiseScale: Float = 1
  /// See ``Sampler``.
  package private(set) var position = 0

  private enum Rule: String { case bh1, bh2 }

  private let levels: SigmaSchedule
  private let prediction: SchedulerConfiguration.Prediction
  private let rule: Rule
  private let maximumOrder: Int
  private let lowersOrderAtEnd: Bool
  private let uncorrectedSteps: Set<Int>
  /// Clean latents of the last two evaluations, newest last.
  private var cleans: [[Float]] = []
  private var lastLatents: [Float] = []
  private var lastOrder = 0

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(SamplerError) {
    let schedule = NoiseSchedule(configuration)
    levels = try .multistep(configuration, schedule, steps: steps, kind: .uniPC)
    prediction = configuration.prediction
    // DPM-Solver++'s variants mean the default here, as in diffusers.
    switch configuration.solverType ?? "bh2" {
    case "bh2", "midpoint", "heun": rule = .bh2
    case "bh1": rule = .bh1
    case let other: throw SamplerError(.uniPC, "\"solver_type\" \"\(other)\" is not supported")
    }
    maximumOrder = configuration.solverOrder
    lowersOrderAtEnd = configuration.lowersOrderAtEnd
    uncorrectedSteps = configuration.uncorrectedSteps
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
    let corrects = !cleans.isEmpty && !uncorrectedSteps.contains(position - 1)
    let mended = corrects ? corrected(with: clean) : latents
    cleans = cleans.suffix(1) + [clean]
    let left = lowersOrderAtEnd ? timesteps.count - position : maximumOrder
    lastOrder = min(maximumOrder, left, cleans.count)
    lastLatents = mended
    defer { position += 1 }
    return predicted(from: mended)
  }

  /// See ``Sampler``.
  package func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float] {
    let shares = SigmaSchedule.shares(levels.sigmas[index])
    return mixed(clean, shares.alpha, noise, shares.sigma)
  }

  /// The step from the current level to the next.
  private func predicted(from latents: [Float]) -> [Float] {
    let interval = Interval(from: levels.sigmas[position], to: levels.sigmas[position + 1], rule)
    let newest = cleans[cleans.count - 1]
    guard lastOrder == 2 else { return interval.moved(latents, newest, slope: nil) }
    let ratio = interval.ratio(of: levels.sigmas[position - 1])
    let slope = zip(cleans[0], newest).map { 0.5 * (($0 - $1) / ratio) }
    return interval.moved(latents, newest, slope: slope)
  }

  /// The last step taken again, with what is now known of its end.
  private func corrected(with clean: [Float]) -> [Float] {
    let interval = Interval(from: levels.sigmas[position - 1], to: levels.sigmas[position], rule)
    let newest = cleans[cleans.count - 1]
    guard lastOrder == 2 else {
      let slope = zip(clean, newest).map { 0.5 * ($0 - $1) }
      return interval.moved(lastLatents, newest, slope: slope)
    }
    let ratio = interval.ratio(of: levels.sigmas[position - 2])
    let (before, after) = interval.correctorWeights(ratio)
    let slope = newest.indices.map { index in
      before * ((cleans[0][index] - newest[index]) / ratio) + after * (clean[index] - newest[index])
    }
    return interval.moved(lastLatents, newest, slope: slope)
  }

  /// The coefficients of one step in λ.
  private struct Interval {
    private let keep: Float
    private let alpha: Float
    private let phi: Float
    private let scale: Float
    private let start: Float
    private let h: Float

    init(from sigma: Float, to next: Float, _ rule: Rule) {
      let (now, then) = (SigmaSchedule.shares(sigma), SigmaSchedule.shares(next))
      start = SigmaSchedule.lambda(sigma)
      h = SigmaSchedule.lambda(next) - start
      keep = then.sigma / now.sigma
      alpha = then.alpha
      phi = expm1(-h)
      scale = rule == .bh1 ? -h : phi
    }

    /// Where another level lies, in units of this step.
    func ratio(of sigma: Float) -> Float { (SigmaSchedule.lambda(sigma) - start) / h }

    func moved(_ latents: [Float], _ clean: [Float], slope: [Float]?) -> [Float] {
      latents.indices.map { index in
        let moved = keep * latents[index] - alpha * phi * clean[index]
        return slope.map { moved - alpha * scale * $0[index] } ?? moved
      }
    }

    /// The solution of the two order conditions, for the evaluation before and the one after.
    func correctorWeights(_ ratio: Float) -> (before: Float, after: Float) {
      let first = phi / -h - 1
      let second = first / -h - 0.5
      let (b1, b2) = (first / scale, second * 2 / scale)
      let before = (b1 - b2) / (1 - ratio)
      return (before, b1 - before)
    }
  }
}
