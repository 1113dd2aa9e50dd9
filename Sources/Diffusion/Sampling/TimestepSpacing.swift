import Foundation

/// How the steps of a run are spread over the training steps, by diffusers' names.
///
/// Source: table 2 of "Common Diffusion Noise Schedules and Sample Steps are Flawed" (Lin et al., 2023).
public enum TimestepSpacing: String, Sendable, CaseIterable {
  /// Evenly, both ends included.
  case linspace
  /// From the first step on, the last left out.
  case leading
  /// From the last step down, the first left out.
  case trailing

  /// `count` training steps, most noise first.
  ///
  /// - Parameters:
  ///   - trainStepCount: training steps of the schedule.
  ///   - offset: diffusers' `steps_offset`, which only `leading` adds.
  ///   - keepsEnd: multistep samplers ask for one step more and leave out the last, the cleanest.
  ///   - rounds: whether `linspace` keeps to whole steps.
  func timesteps(
    _ count: Int, of trainStepCount: Int, offset: Int, keepsEnd: Bool = true, rounds: Bool = true
  ) -> [Double] {
    let places = keepsEnd ? count : count + 1
    switch self {
    case .linspace:
      let step = Double(trainStepCount - 1) / Double(max(1, places - 1))
      let ascending = (0..<places).map { index in
        index > 0 && index == places - 1 ? Double(trainStepCount - 1) : Double(index) * step
      }
      let kept = keepsEnd ? ascending : Array(ascending.dropFirst())
      return kept.reversed().map { rounds ? $0.rounded(.toNearestOrEven) : Double(Float($0)) }
    case .leading:
      let ratio = trainStepCount / places
      return (keepsEnd ? 0..<places : 1..<places).reversed().map { Double($0 * ratio + offset) }
    case .trailing:
      // numpy's arange: its length, and its increments taken from the first two values.
      let ratio = Double(trainStepCount) / Double(count)
      let start = Double(trainStepCount)
      let increment = start - ratio - start
      let length = Int((start / ratio).rounded(.up))
      return (0..<length).map { (start + Double($0) * increment).rounded(.toNearestOrEven) - 1 }
    }
  }
}
