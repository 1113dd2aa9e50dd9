import Foundation

/// What each step of a run does with noise, for networks that also predict how much of it a step removes at random.
///
/// Sources: Ho et al., "Denoising Diffusion Probabilistic Models", 2020, equations 4, 7 and 15; Nichol and Dhariwal,
/// "Improved Denoising Diffusion Probabilistic Models", 2021, equation 15. Of the thousand steps of the training some are
/// taken, as guided-diffusion spaces them, and the variances are those between them.
package struct AncestralSchedule: Sendable {
  /// One step of a run.
  package struct Step: Sendable {
    /// Which of the thousand it is, counted from 0.
    package let timestep: Float
    /// The share of the clean picture's variance before the step.
    package let signal: Double
    /// The same after the step.
    let signalAfter: Double
    /// The least variance that the step can have: that which it has given the clean picture.
    fileprivate(set) var leastVariance: Double

    init(timestep: Float, signal: Double, signalAfter: Double) {
      (self.timestep, self.signal, self.signalAfter) = (timestep, signal, signalAfter)
      leastVariance = (1 - signal / signalAfter) * (1 - signalAfter) / (1 - signal)
    }

    /// The standard deviation of the noise before the step.
    package var deviation: Double { (1 - signal).squareRoot() }
    /// What the sample counts in the clean picture that a prediction says.
    package var sampleRate: Double { (1 / signal).squareRoot() }
    /// What the predicted noise is subtracted with in it.
    package var noiseRate: Double { (1 / signal - 1).squareRoot() }
    /// The share of the noise's variance that the step adds.
    var beta: Double { 1 - signal / signalAfter }
  }

  /// The steps, the one with most noise first.
  package let steps: [Step]

  private static let trainingSteps = 1000

  /// The schedule of a run.
  ///
  /// - Parameters:
  ///   - count: how many steps a run from noise alone would take, 2…1000.
  ///   - skipped: how many of the first of them are left out.
  package init(count: Int, skipped: Int) {
    var signals: [Double] = []
    for index in 0..<Self.trainingSteps {
      let beta = 1e-4 + (2e-2 - 1e-4) * Double(index) / Double(Self.trainingSteps - 1)
      signals.append((signals.last ?? 1) * (1 - beta))
    }
    let stride = Double(Self.trainingSteps - 1) / Double(count - 1)
    var (place, kept): (Double, [Int]) = (0, [])
    for _ in 0..<count {
      kept.append(Int(place.rounded(.toNearestOrEven)))
      place += stride
    }
    var all = kept.enumerated().map { index, timestep in
      Step(
        timestep: Float(timestep), signal: signals[timestep],
        signalAfter: index == 0 ? 1 : signals[kept[index - 1]])
    }
    // The last step has none given the clean picture, and the logarithm of none is no number.
    all[0].leastVariance = all[1].leastVariance
    steps = Array(all.reversed().dropFirst(skipped))
  }

  /// A clean picture with as much noise as there is before a step.
  package func noised(_ clean: [Float], with noise: [Float], before step: Int) -> [Float] {
    mixed(clean, Float(steps[step].signal.squareRoot()), noise, Float(steps[step].deviation))
  }

  /// A sample after a step.
  ///
  /// - Parameters:
  ///   - clean: the clean picture that the network predicts.
  ///   - variance: what it says of the variance: −1 is the least, 1 the most.
  ///   - gradient: of a loss by the sample; the step goes against it.
  ///   - noise: standard normal; nothing is made of it in the last step.
  package func sample(
    after step: Int, from sample: [Float], clean: [Float], variance: [Float], gradient: [Float],
    noise: [Float]
  ) -> [Float] {
    let now = steps[step]
    let cleanShare = Float(now.beta * now.signalAfter.squareRoot() / (1 - now.signal))
    let sampleShare = Float(
      (1 - now.signalAfter) * (1 - now.beta).squareRoot() / (1 - now.signal))
    let (lower, upper) = (Float(log(now.leastVariance)), Float(log(now.beta)))
    let isLast = step == steps.count - 1
    return sample.indices.map { index in
      let share = (variance[index] + 1) / 2
      let logVariance = share * upper + (1 - share) * lower
      let mean =
        cleanShare * clean[index] + sampleShare * sample[index] - exp(logVariance) * gradient[index]
      return isLast ? mean : mean + exp(0.5 * logVariance) * noise[index]
    }
  }
}
