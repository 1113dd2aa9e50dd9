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

  /// Their path; nil before a plan has found them.
  var foundPath: String? { location?.path(percentEncoded: false) }

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
  /// - Parameters:
  ///   - key: the parameter that names them.
  ///   - network: the network of weights at a path.
  func conflict(key: String = "weights", of network: (_ path: String) throws -> some StandaloneNetwork)
    -> ParameterConflict?
  {
    guard let path = foundPath else { return nil }
    do {
      _ = try network(path).weights(at: path)
      return nil
    } catch {
      return ParameterConflict(key, "'\(name)': \(error)")
    }
  }
}

extension WeightsReference {
  /// What keeps a tiny decoder of these weights from decoding a model's latents; nil when nothing does, and before a plan
  /// has found both.
  func conflict(key: String, for model: ModelReference) -> ParameterConflict? {
    guard let found = model.location?.path(percentEncoded: false),
      let autoencoder = try? DiffusionModel(path: found).autoencoder().configuration
    else { return conflict(key: key) { try TinyDecoder(weightsAt: $0) } }
    return conflict(key: key) { try LatentCoding.tinyDecoder(at: $0, for: autoencoder) }
  }
}

/// The network that stands alone that a stage runs, and how it is computed.
struct StandaloneParameters: StageParameters {
  @Parameter(help: "The network's weights: their name, or the path of a file or folder.")
  var weights = WeightsReference("")
  @Parameter(help: EngineReference.help) var engine = EngineReference.standard
  @Parameter(help: PrecisionReference.help) var precision = PrecisionReference.auto

  /// What computes the network, and how exactly.
  var compute: ComputeOptions { get throws { try engine.compute(precision) } }
}

extension StandaloneParameters {
  /// What the network makes of each picture, one after the other.
  ///
  /// - Parameters:
  ///   - network: that of these weights, with one input and one output.
  ///   - pictures: as the network takes them.
  func encodings(
    of pictures: [Tensor], by network: some StandaloneNetwork, _ context: StageContext
  ) async throws -> [[Float]] {
    let executable = try await context.services.get(DiffusionRuntime.self).network(
      network, weights: weights.path, compute)
    guard let input = executable.inputs.keys.first, let output = executable.outputs.keys.first,
      executable.inputs.count == 1, executable.outputs.count == 1
    else { throw InternalFault("'\(weights.name)' is no network of one picture") }
    var encodings: [[Float]] = []
    for picture in pictures { encodings.append(try await executable.run([input: picture])[output]!.floats) }
    return encodings
  }

  /// Those of a stage that takes these weights unless others are named.
  init(weights: String) {
    self.init()
    self.weights = WeightsReference(weights)
  }
}
