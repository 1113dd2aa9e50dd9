import Foundation

/// The noise levels of a run, as the samplers that count in sigma = √((1 − ᾱ)/ᾱ) use them.
struct SigmaSchedule: Sendable {
  /// The training step to tell the network, for each step of the run.
  var timesteps: [Float]
  /// Sigma before each step, and after the last: one more than there are timesteps.
  var sigmas: [Float]

  /// Sigmas at given training steps, interpolated linearly where these are fractions.
  init(_ schedule: NoiseSchedule, at times: [Double], final: SchedulerConfiguration.FinalSigma) {
    let all = schedule.sigmas
    timesteps = times.map(Float.init)
    sigmas = times.map { time in
      let low = min(max(Int(time), 0), all.count - 1)
      if low == all.count - 1 { return all[low] }
      return Float((Double(all[low + 1]) - Double(all[low])) * (time - Double(low)) + Double(all[low]))
    }
    sigmas.append(final == .zero ? 0 : all[0])
  }

  /// The spacing of Karras et al. (2022), formula 5, with ρ = 7, between two sigmas.
  init(
    karras count: Int, from high: Float, to low: Float, in schedule: NoiseSchedule, rounded: Bool,
    final: Float
  ) {
    let (highRoot, lowRoot) = (pow(Double(high), 1 / 7.0), pow(Double(low), 1 / 7.0))
    let levels = (0..<count).map { index in
      let ramp = count == 1 ? 0 : Double(index) / Double(count - 1)
      return pow(highRoot + ramp * (lowRoot - highRoot), 7)
    }
    let logarithms = schedule.sigmas.map { log($0) }
    timesteps = levels.map { level in
      let time = SigmaSchedule.time(of: level, in: logarithms)
      return Float(rounded ? time.rounded(.toNearestOrEven) : time)
    }
    sigmas = levels.map(Float.init) + [final]
  }

  /// The training step, as a fraction, at which a sigma is reached.
  private static func time(of sigma: Double, in logarithms: [Float]) -> Double {
    let level = log(max(sigma, 1e-10))
    let reached = logarithms.lastIndex { level - Double($0) >= 0 } ?? 0
    let low = min(reached, logarithms.count - 2)
    let distance = Double(logarithms[low] - logarithms[low + 1])
    // Variances too small for singles leave neighbours equal.
    let weight = distance == 0 ? 0 : min(max((Double(logarithms[low]) - level) / distance, 0), 1)
    return (1 - weight) * Double(low) + weight * Double(low + 1)
  }
}

extension SigmaSchedule {
  /// The signal's and the noise's share of latents at one noise level: α = 1/√(σ² + 1) and σα.
  static func shares(_ sigma: Float) -> (alpha: Float, sigma: Float) {
    let alpha = 1 / (sigma * sigma + 1).squareRoot()
    return (alpha, sigma * alpha)
  }

  /// Half the logarithm of the signal-to-noise ratio, λ = ln α − ln σ.
  static func lambda(_ sigma: Float) -> Float {
    let shares = shares(sigma)
    return log(shares.alpha) - log(shares.sigma)
  }
}
