import Diffusion
import Foundation
import PipelineKit

/// A model to be trained: like `ModelReference`, but its networks may be without weights.
struct UntrainedModelReference: ParameterValue, Hashable {
  private let reference: ModelReference

  static func kind(_ bounds: Bounds) -> ParameterKind {
    .resource(StandardResource.untrainedModel, words: nil)
  }

  init?(setting: Setting) {
    guard let reference = ModelReference(setting: setting) else { return nil }
    self.reference = reference
  }

  var json: JSONValue { reference.json }
  /// See `ModelReference`.
  func conflict(_ find: (DiffusionModel, inout ModelFaults) -> Void) -> ParameterConflict? {
    reference.conflict(weightsOf: []) { model, faults in
      find(model, &faults)
      // Weights need not be there; those that are there are to be read.
      for component in model.components where model.hasWeights(component) {
        if let fault = model.weightsFault(of: component) { faults.add("\(fault)") }
      }
    }
  }
  /// Its path.
  var path: String { get throws { try reference.path } }
}
