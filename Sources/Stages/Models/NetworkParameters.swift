import Diffusion
import PipelineKit
import Tensors

/// The network that a stage runs, and how it is computed.
struct NetworkParameters: StageParameters {
  @Parameter(help: "The model: its name, or its path.") var model = ModelReference("paint-by-example")
  @Parameter(help: EngineReference.help) var engine = EngineReference.standard
  @Parameter(help: PrecisionReference.help) var precision = PrecisionReference.auto

  /// What computes the network, and how exactly.
  var compute: ComputeOptions { get throws { try engine.compute(precision) } }

  /// Finds out whether the model has these networks' weights, each in the shape that is needed.
  func checkWeights(of components: ModelComponent..., with context: StageContext) async throws {
    try await model.checkWeights(of: components, with: context)
  }
}

extension NetworkParameters {
  /// Those of a stage that takes another model unless one is named.
  init(model: String) {
    self.init()
    self.model = ModelReference(model)
  }
}

/// Whose convention a stage follows where published programs differ.
enum ConventionChoice: String, ParameterChoice {
  case diffusers, authors, objectstitch

  var value: Convention { Convention(rawValue: rawValue)! }
}
