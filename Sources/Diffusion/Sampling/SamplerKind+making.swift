/// A sampler cannot be made as asked.
public struct SamplerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sampler and what it cannot do.
  public let description: String

  init(_ kind: SamplerKind, _ detail: String) { description = "\(kind.rawValue): \(detail)" }
}

extension SchedulerConfiguration {
  /// A sampler at the start of a run.
  ///
  /// - Parameters:
  ///   - kind: which; nil is the one the configuration was written for.
  ///   - steps: of the run, at least 1 and at most the training steps.
  ///   - eta: the share of fresh noise, from 0 (none) to 1, for samplers that take one.
  package func makeSampler(
    _ kind: SamplerKind? = nil, steps: Int, eta: Float = 0
  ) throws(SamplerError) -> any Sampler {
    let kind = kind ?? sampler
    guard (1...trainStepCount).contains(steps) else {
      throw SamplerError(kind, "\(steps) steps; from 1 to \(trainStepCount) are possible")
    }
    guard eta == 0 || kind.takesEta, (0...1).contains(eta) else {
      let names = SamplerKind.allCases.filter(\.takesEta).map(\.name).joined(separator: ", ")
      throw SamplerError(kind, "eta \(eta); only \(names) takes one, from 0 to 1")
    }
    return try kind.make(self, steps, eta)
  }
}
