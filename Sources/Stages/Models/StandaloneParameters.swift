import Diffusion
import Foundation
import PipelineKit
import Tensors

/// The weights of a network that stands alone: a name, searched for in the folders of models, or a path.
struct WeightsReference: ParameterValue, Hashable {
  /// As its author wrote it.
  let name: String
  /// Where they lie; nil before a plan has found them.
  private let location: URL?

  static func kind(_ bounds: Bounds) -> ParameterKind { .resource(StandardResource.weights, words: nil) }

  init?(setting: Setting) {
    guard case .resource(let resource) = setting else { return nil }
    (name, location) = (resource.name, resource.location)
  }

  /// A default.
  init(_ name: String) { (self.name, location) = (name, nil) }

  var json: JSONValue { .string(name) }

  /// Their path.
  var path: String {
    get throws {
      guard let location else { throw InternalFault("the weights '\(name)' were not looked for") }
      return location.path(percentEncoded: false)
    }
  }

  /// What keeps a network from being built of them, all of it at once; nil when nothing does, and before a plan has found
  /// them.
  ///
  /// - Parameter key: the parameter that names them.
  func conflict(_ key: String = "weights", with network: some StandaloneNetwork) -> ParameterConflict? {
    guard let path = location?.path(percentEncoded: false) else { return nil }
    do {
      _ = try network.weights(at: path)
      return nil
    } catch {
      return ParameterConflict(key, "'\(name)': \(error)")
    }
  }
}
