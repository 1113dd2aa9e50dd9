extension SchedulerConfiguration {
  /// What the network's output means.
  package enum Prediction: String, Sendable, CaseIterable {
    /// The noise.
    case epsilon
    /// The clean latent.
    case sample
    /// The velocity √ᾱ·noise − √(1 − ᾱ)·latent.
    case velocity = "v_prediction"

    /// What a network is to say of latents √ᾱ·clean + √(1 − ᾱ)·noise.
    package func target(_ clean: Float, _ noise: Float, kept alphaCumprod: Float) -> Float {
      switch self {
      case .epsilon: noise
      case .sample: clean
      case .velocity: alphaCumprod.squareRoot() * noise - (1 - alphaCumprod).squareRoot() * clean
      }
    }
  }
}

extension SchedulerConfiguration.Prediction {
  /// The clean latent that an output means, where latents are signal + sigma·noise.
  func clean(_ output: Float, _ latent: Float, sigma: Float) -> Float {
    switch self {
    case .epsilon: return latent - sigma * output
    case .sample: return output
    case .velocity:
      let variance = sigma * sigma + 1
      return output * (-sigma / variance.squareRoot()) + latent / variance
    }
  }

  /// The clean latents that outputs mean, where latents are α·signal + σ·noise.
  func clean(_ output: [Float], _ latents: [Float], sigma: Float) -> [Float] {
    let (alpha, sigma) = SigmaSchedule.shares(sigma)
    switch self {
    case .epsilon: return zip(output, latents).map { ($1 - sigma * $0) / alpha }
    case .sample: return output
    case .velocity: return zip(output, latents).map { alpha * $1 - sigma * $0 }
    }
  }
}
