/// How much of a consistency function is its input and how much the network's clean latents: skip · latents + out · clean.
/// Almost without noise it is the latents themselves, which makes the function one of the whole way.
///
/// Source: Song et al., "Consistency Models", 2023, section 3 and appendix C, with their σ = ½ of the data; times are
/// training steps times a factor, as latent consistency models have them.
struct ConsistencyBoundary: Sendable, Hashable {
  /// What training steps are multiplied by.
  var timestepScaling: Double

  /// The shares at a training step.
  func shares(at time: Int) -> (skip: Float, out: Float) {
    let (scaled, deviation) = (Float(time) * Float(timestepScaling), Float(0.5))
    let variance = scaled * scaled + deviation * deviation
    return (deviation * deviation / variance, scaled / variance.squareRoot())
  }
}

/// The training steps between which a denoiser is distilled: every n-th, so many in all.
package struct ConsistencySteps: Sendable, Hashable {
  /// How many.
  package let count: Int
  private let stride: Int

  /// So many of all training steps.
  ///
  /// - Precondition: at least one, and no more than there are.
  package init(_ count: Int, of trainStepCount: Int) {
    precondition((1...trainStepCount).contains(count), "\(count) of \(trainStepCount) training steps")
    (self.count, stride) = (count, trainStepCount / count)
  }

  /// The training step of that number, from 0 on: the more, the more noise.
  package subscript(index: Int) -> Int { (index + 1) * stride - 1 }

  /// The training step that lies one step nearer to no noise; the first of all behind the last.
  package func before(_ index: Int) -> Int { max(0, self[index] - stride) }

  /// Some of them, evenly spread, most noise first, as diffusers chooses them.
  func spread(_ steps: Int) -> [Int] {
    let distance = Double(count) / Double(steps)
    return (0..<steps).map { self[count - 1 - Int(Double($0) * distance)] }
  }
}

/// What latents and a network's output are multiplied by to make something of them, in their sum.
package struct LatentFactors: Sendable, Hashable {
  /// Of latents.
  package var latent: Float
  /// Of the output.
  package var output: Float
}

/// The steps, and the two functions of latents and a network's output, that a denoiser is distilled by.
package struct ConsistencySchedule: Sendable {
  /// Between which training steps.
  package let steps: ConsistencySteps
  private let schedule: NoiseSchedule
  private let prediction: SchedulerConfiguration.Prediction
  private let boundary: ConsistencyBoundary

  /// Those of a model's schedule.
  package init(_ configuration: SchedulerConfiguration, steps: Int) {
    self.steps = ConsistencySteps(steps, of: configuration.trainStepCount)
    schedule = NoiseSchedule(configuration)
    prediction = configuration.prediction
    boundary = ConsistencyBoundary(timestepScaling: configuration.timestepScaling)
  }

  /// Clean latents with the noise of a training step.
  package func noised(_ clean: [Float], with noise: [Float], at time: Int) -> [Float] {
    schedule.noised(clean, with: noise, at: time)
  }

  /// DDIM's step between two training steps, without fresh noise (Song et al. 2021, formula 12).
  package func step(from time: Int, to earlier: Int) -> LatentFactors {
    let (kept, next) = (schedule.alphasCumprod[time], schedule.alphasCumprod[earlier])
    let clean = prediction.cleanFactors(kept: kept)
    let noise = ((1 - next) / (1 - kept)).squareRoot()
    let share = next.squareRoot() - noise * kept.squareRoot()
    return LatentFactors(latent: share * clean.latent + noise, output: share * clean.output)
  }

  /// The consistency function at a training step.
  package func consistency(at time: Int) -> LatentFactors {
    let clean = prediction.cleanFactors(kept: schedule.alphasCumprod[time])
    let (skip, out) = boundary.shares(at: time)
    return LatentFactors(latent: skip + out * clean.latent, output: out * clean.output)
  }
}

extension SchedulerConfiguration.Prediction {
  /// What makes clean latents of latents and a network's output; `kept` is the signal's share of the variance.
  func cleanFactors(kept: Float) -> LatentFactors {
    let (root, noiseRoot) = (kept.squareRoot(), (1 - kept).squareRoot())
    return switch self {
    case .epsilon: LatentFactors(latent: 1 / root, output: -noiseRoot / root)
    case .sample: LatentFactors(latent: 0, output: 1)
    case .velocity: LatentFactors(latent: root, output: -noiseRoot)
    }
  }
}
