import PipelineKit
import Tensors

/// The arithmetic of a network: f32, bf16, f16, or `auto`, which the plan replaces by what this machine computes
/// fastest, so that a resolved document says which it was.
struct PrecisionReference: ParameterValue, Hashable {
  let word: String

  static let auto = PrecisionReference(word: "auto")
  static let single = PrecisionReference(word: "f32")
  static let help = "How exactly it is computed; auto is what the processor does fastest, f32 the reference."

  static func kind(_ bounds: Bounds) -> ParameterKind {
    .resource(StandardResource.precision, words: ["auto"] + Precision.allCases.map(\.rawValue))
  }

  init?(setting: Setting) {
    guard case .resource(let resource) = setting else { return nil }
    word = resource.name
  }

  private init(word: String) { self.word = word }

  var json: JSONValue { .string(word) }

  var value: Precision {
    get throws {
      guard let precision = Precision(rawValue: word) else {
        throw InternalFault("the precision '\(word)' was not settled by the plan")
      }
      return precision
    }
  }
}
