import Diffusion
import PipelineKit
import Tensors

/// What computes a network: OpenVINO on the processor, or libtorch on the processor or a GPU.
struct EngineReference: ParameterValue, Hashable {
  let word: String

  static let standard = EngineReference(word: ComputeOptions.standardEngine)
  static let torch = EngineReference(word: "torch")
  static let help = "What computes the network; torch needs libtorch: see pipeline-run doctor."

  static func kind(_ bounds: Bounds) -> ParameterKind {
    let graphics = (0..<8).map { "torch:cuda:\($0)" }
    return .resource(
      StandardResource.engine, words: [ComputeOptions.standardEngine, "torch", "torch:cuda"] + graphics)
  }

  init?(setting: Setting) {
    guard case .resource(let resource) = setting else { return nil }
    word = resource.name
  }

  private init(word: String) { self.word = word }

  var json: JSONValue { .string(word) }

  /// With that precision.
  func compute(_ precision: PrecisionReference) throws -> ComputeOptions {
    ComputeOptions(try precision.value, engine: word)
  }
}
