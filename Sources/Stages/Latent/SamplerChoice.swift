import Diffusion
import PipelineKit

/// A sampler by name, or the one the model was published with.
struct SamplerChoice: ParameterChoice {
  let rawValue: String
  /// The sampler; nil for the model's own.
  let kind: SamplerKind?

  static let model = SamplerChoice(rawValue: "model", kind: nil)
  static let allCases = [model] + SamplerKind.allCases.map { SamplerChoice(rawValue: $0.name, kind: $0) }

  private init(rawValue: String, kind: SamplerKind?) { (self.rawValue, self.kind) = (rawValue, kind) }

  init?(rawValue: String) {
    guard let choice = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = choice
  }

  /// The names of the samplers that have a property, for help: `dpm++2m, euler and unipc`.
  static func names(where has: (SamplerKind) -> Bool) -> String {
    let names = SamplerKind.allCases.filter(has).map(\.name)
    return names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }
}
