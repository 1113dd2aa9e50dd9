import Diffusion
import Foundation
import PipelineKit

/// A model that a stage computes with: a name, searched for in the folders of models, or a path.
struct ModelReference: ParameterValue, Hashable {
  /// As its author wrote it.
  let name: String
  /// Where it lies; nil before a plan has found it.
  let location: URL?

  static func kind(_ bounds: Bounds) -> ParameterKind { .resource(StandardResource.model, words: nil) }

  init?(setting: Setting) {
    guard case .resource(let resource) = setting else { return nil }
    (name, location) = (resource.name, resource.location)
  }

  /// A default.
  init(_ name: String) { (self.name, location) = (name, nil) }

  var json: JSONValue { .string(name) }

  /// Its path.
  var path: String {
    get throws {
      guard let location else { throw InternalFault("the model '\(name)' was not looked for") }
      return location.path(percentEncoded: false)
    }
  }
}

extension ModelReference {
  /// What keeps a stage from using the model, all of it at once; nil when nothing does, and before a plan has found it.
  ///
  /// - Parameter components: those whose weights the stage reads; what the others lack does not concern it.
  func conflict(
    weightsOf components: [ModelComponent], _ find: (DiffusionModel, inout ModelFaults) -> Void = { _, _ in }
  ) -> ParameterConflict? {
    guard let path = location?.path(percentEncoded: false) else { return nil }
    var faults = ModelFaults()
    if let model = faults.attempt({ try DiffusionModel(path: path) }) {
      find(model, &faults)
      // Without its configuration a component has no weights either.
      if faults.all.isEmpty {
        for fault in components.compactMap(model.weightsFault) { faults.add("\(fault)") }
      }
    }
    return faults.all.isEmpty
      ? nil : ParameterConflict("model", "'\(name)': " + faults.all.joined(separator: "; "))
  }
}

extension ModelReference {
  /// Finds out whether there are these components' weights, each in the shape that is needed. The run maps them once.
  func checkWeights(of components: [ModelComponent], with context: StageContext) async throws {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let model = try await runtime.model(at: path)
    for component in components { _ = try await runtime.weights(of: component, of: model) }
  }
}

/// The kinds of resources that the standard stages name.
public enum StandardResource {
  /// A model.
  public static let model = "model"
  /// A model whose networks may be without weights.
  public static let untrainedModel = "untrained model"
  /// The weights of a network that stands alone.
  public static let weights = "weights"
  /// A folder of training pairs.
  public static let shards = "folder of shards"
  /// What computes a network.
  public static let engine = "engine"
  /// The arithmetic of a network: `auto` is what this machine computes fastest.
  public static let precision = "precision"
}
