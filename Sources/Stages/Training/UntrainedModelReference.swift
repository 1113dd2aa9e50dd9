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
    reference.conflict(find)
  }
  /// Its path.
  var path: String { get throws { try reference.path } }
}
