import Foundation

/// How much noise a latent holds at each training step.
///
/// All values are singles computed as PyTorch computes them, so that samplers agree with diffusers.
package struct NoiseSchedule: Sendable, Equatable {
  /// How the variances grow, by diffusers' names.
  package enum BetaSchedule: String, Sendable, CaseIterable {
    /// Linearly.
    case linear
    /// The square of a linear growth: latent diffusion's.
    case scaledLinear = "scaled_linear"
    /// From a squared cosine, capped at 0.999.
    case squaredCosine = "squaredcos_cap_v2"
  }

  /// The share of the clean latent's variance left after each training step, from almost 1 down.
  package let alphasCumprod: [Float]

  /// The schedule of a configuration.
  package init(_ configuration: SchedulerConfiguration) {
    let betas = configuration.trainedBetas ?? NoiseSchedule.betas(configuration)
    var product = 1.0  // PyTorch accumulates in double precision and rounds each product.
    alphasCumprod = betas.map { beta in
      product *= Double(1 - beta)
      return Float(product)
    }
  }

  /// Training steps.
  package var stepCount: Int { alphasCumprod.count }

  /// The noise's standard deviation over the signal's, √((1 − ᾱ)/ᾱ), at each training step.
  package var sigmas: [Float] { alphasCumprod.map { ((1 - $0) / $0).squareRoot() } }

  /// Clean latents with the noise of a training step.
  package func noised(_ clean: [Float], with noise: [Float], at time: Int) -> [Float] {
    noised(clean, with: noise, keeping: alphasCumprod[time])
  }

  /// Clean latents with noise, of which this share of their variance is left.
  func noised(_ clean: [Float], with noise: [Float], keeping share: Float) -> [Float] {
    mixed(clean, share.squareRoot(), noise, (1 - share).squareRoot())
  }

  /// Refuses training steps that the schedule does not have.
  func check(_ times: [Double], for kind: SamplerKind) throws(SamplerError) {
    for time in times where !(0...Double(stepCount - 1)).contains(time) {
      throw SamplerError(kind, "training step \(Int(time)) of \(stepCount); take fewer steps")
    }
  }

  private static func betas(_ configuration: SchedulerConfiguration) -> [Float] {
    let (start, end) = (configuration.betaStart, configuration.betaEnd)
    let count = configuration.trainStepCount
    switch configuration.betaSchedule {
    case .linear: return linearSpace(start, end, count)
    case .scaledLinear:
      return linearSpace(start.squareRoot(), end.squareRoot(), count).map { $0 * $0 }
    case .squaredCosine:
      func alphaBar(_ step: Int) -> Double {
        let angle = (Double(step) / Double(count) + 0.008) / 1.008 * .pi / 2
        return cos(angle) * cos(angle)
      }
      return (0..<count).map { Float(min(1 - alphaBar($0 + 1) / alphaBar($0), 0.999)) }
    }
  }

  /// `torch.linspace` in single precision: fused multiply-adds, the second half counted from the end.
  private static func linearSpace(_ start: Double, _ end: Double, _ count: Int) -> [Float] {
    let (start, end) = (Float(start), Float(end))
    if count == 1 { return [start] }
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { index in
      index < count / 2
        ? start.addingProduct(step, Float(index)) : end.addingProduct(-step, Float(count - index - 1))
    }
  }
}

/// Latents and noise together: a·x + b·y for each pair.
func mixed(_ x: [Float], _ a: Float, _ y: [Float], _ b: Float) -> [Float] {
  zip(x, y).map { a * $0 + b * $1 }
}
