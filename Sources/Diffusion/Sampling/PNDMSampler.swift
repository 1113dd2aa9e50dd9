extension SamplerKind {
  /// Pseudo linear multistep (PLMS): the paper's.
  public static let pndm = SamplerKind("PNDMScheduler", name: "pndm") {
    configuration, steps, _ throws(SamplerError) in
    try PNDMSampler(configuration, steps: steps)
  }
}

/// Pseudo linear multistep sampling (PLMS): PNDM without its Runge–Kutta steps.
///
/// The second training step is evaluated twice, to start the multistep rule.
/// Source: Liu et al., "Pseudo Numerical Methods for Diffusion Models on Manifolds", 2022, formula 9.
package struct PNDMSampler: Sampler {
  /// See ``Sampler``.
  package private(set) var timesteps: [Float]
  /// See ``Sampler``.
  package let initialNoiseScale: Float = 1
  /// See ``Sampler``.
  package private(set) var position = 0

  private let schedule: NoiseSchedule
  private let prediction: SchedulerConfiguration.Prediction
  private let finalAlpha: Float
  private let stride: Int
  private var outputs: [[Float]] = []
  private var firstLatents: [Float] = []

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(SamplerError) {
    guard configuration.skipsRungeKuttaSteps else {
      throw SamplerError(.pndm, "\"skip_prk_steps\" false is not supported")
    }
    guard configuration.prediction != .sample else {
      throw SamplerError(.pndm, "\"prediction_type\" \"sample\" is not supported")
    }
    schedule = NoiseSchedule(configuration)
    prediction = configuration.prediction
    finalAlpha = configuration.setsAlphaToOne ?? false ? 1 : schedule.alphasCumprod[0]
    stride = schedule.stepCount / steps
    let spacing = configuration.spacing ?? .leading
    let times = spacing.timesteps(steps, of: schedule.stepCount, offset: configuration.stepsOffset)
    try schedule.check(times, for: .pndm)
    timesteps = Self.startingTwice(times.map(Float.init))
  }

  private static func startingTwice(_ times: [Float]) -> [Float] {
    times.count > 1 ? [times[0], times[1]] + times.dropFirst() : times
  }

  /// See ``Sampler``. The rule is started anew where the run begins; diffusers leaves that out, and ends with the noise of
  /// the step before the last.
  package mutating func begin(after steps: Int) {
    guard steps > 0, timesteps.count > 1 else { return }
    let times = [timesteps[0]] + timesteps.dropFirst(2)
    timesteps = Self.startingTwice(Array(times.dropFirst(steps)))
  }

  /// See ``Sampler``.
  package func modelInput(_ latents: [Float]) -> [Float] { latents }

  /// See ``Sampler``.
  package mutating func step(
    _ output: [Float], latents: [Float], generator: inout TorchGenerator
  ) -> [Float] {
    let time = Int(timesteps[position])
    defer { position += 1 }
    if position == 1 {
      let mean = zip(output, outputs[0]).map { ($0 + $1) / 2 }
      return previous(firstLatents, mean, from: time + stride, to: time)
    }
    if position == 0 { firstLatents = latents }
    outputs = outputs.suffix(3) + [output]
    return previous(latents, combined(), from: time, to: time - stride)
  }

  /// See ``Sampler``.
  package func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float] {
    let alpha = index < timesteps.count ? schedule.alphasCumprod[Int(timesteps[index])] : finalAlpha
    return schedule.noised(clean, with: noise, keeping: alpha)
  }

  /// The Adams–Bashforth combination of the last outputs, at most four.
  private func combined() -> [Float] {
    let last = outputs.reversed().map { $0 }
    switch last.count {
    case 1: return last[0]
    case 2: return last[0].indices.map { (3 * last[0][$0] - last[1][$0]) / 2 }
    case 3: return last[0].indices.map { (23 * last[0][$0] - 16 * last[1][$0] + 5 * last[2][$0]) / 12 }
    default:
      return last[0].indices.map { index in
        let sum = 55 * last[0][index] - 59 * last[1][index] + 37 * last[2][index]
        return 1 / 24 * (sum - 9 * last[3][index])
      }
    }
  }

  private func previous(_ latents: [Float], _ output: [Float], from time: Int, to next: Int) -> [Float] {
    let alpha = schedule.alphasCumprod[min(time, schedule.stepCount - 1)]
    let nextAlpha = next >= 0 ? schedule.alphasCumprod[next] : finalAlpha
    let (beta, nextBeta) = (1 - alpha, 1 - nextAlpha)
    let keep = (nextAlpha / alpha).squareRoot()
    let denominator = alpha * nextBeta.squareRoot() + (alpha * beta * nextAlpha).squareRoot()
    return zip(latents, output).map { latent, output in
      let noise =
        prediction == .velocity ? alpha.squareRoot() * output + beta.squareRoot() * latent : output
      return keep * latent - (nextAlpha - alpha) * noise / denominator
    }
  }
}
