package import Diffusion
import Foundation
import Foundations
import Tensors

/// A network by which pictures become features, and how they are prepared for it.
package struct PictureEncoder: Sendable {
  /// Which network: what measures ask for.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Inception-v3, for FID and KID.
    case inception
    /// CLIP ViT-B/32, for CLIP-FID, the quality score and diversity.
    case clip
    /// CLIP ViT-L/14 at 336 pixels, for CMMD.
    case clipLarge = "clip-large"
  }

  /// Which network.
  package let kind: Kind
  /// What reports name.
  package let identity: NetworkIdentity
  private let executable: any Executable
  private let output: String
  private let prepare: @Sendable (EvaluatedPicture) throws -> [String: Tensor]

  /// An encoder.
  ///
  /// - Parameters:
  ///   - output: what the network calls the features.
  ///   - prepare: its inputs of a picture.
  init(
    _ kind: Kind, network: String, preparation: String, at place: Place, executable: any Executable,
    output: String, prepare: @escaping @Sendable (EvaluatedPicture) throws -> [String: Tensor]
  ) throws {
    self.kind = kind
    identity = try NetworkIdentity(kind.rawValue, network: network, preparation: preparation, at: place)
    (self.executable, self.output, self.prepare) = (executable, output, prepare)
  }

  /// Where an encoder's weights are, and what computes it.
  package struct Place: Sendable {
    /// As they were named.
    package var name: String
    /// A file or folder.
    package var path: String
    /// What computes: engine, version, device, precision.
    package var engine: String
    /// The same, for a runtime.
    package var compute: ComputeOptions

    /// Where an encoder's weights are, and what computes it.
    package init(name: String, path: String, engine: String, compute: ComputeOptions) {
      (self.name, self.path, self.engine, self.compute) = (name, path, engine, compute)
    }
  }

  /// The network's inputs of a picture.
  func inputs(_ picture: EvaluatedPicture) throws -> [String: Tensor] { try prepare(picture) }

  /// A picture's features.
  ///
  /// - Throws: ``EvaluationFault`` for values that are no finite numbers.
  func features(_ inputs: [String: Tensor]) async throws -> [Float] {
    let features = try await executable.run(inputs)[output]!.floats
    guard features.allSatisfy(\.isFinite) else {
      throw EvaluationFault(
        "\(identity.network) gives values that are no finite numbers: its weights may be damaged")
    }
    return features
  }

  /// What features depend on but the picture: equal members, equal features.
  var dependencies: [String: String] {
    [
      "network": identity.network, "weights": identity.digest.description,
      "preparation": identity.preparation, "engine": identity.engine,
    ]
  }
}

extension WeightFiles {
  /// What the files are known by: the SHA-256 of one file, or that of the list of several files' names and digests.
  func digest() throws -> ContentDigest {
    let digests = try all.map { ($0, try ContentDigest(ofFile: URL(filePath: $0))) }
    if digests.count == 1 { return digests[0].1 }
    let list = digests.map { "\($1)  \(URL(filePath: $0).lastPathComponent)\n" }.joined()
    return ContentDigest(of: Data(list.utf8))
  }
}
