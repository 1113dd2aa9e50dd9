import Diffusion
package import Foundations

/// A network by which pictures are measured, as reports name it.
package struct NetworkIdentity: Sendable, Hashable {
  /// What reports call it, and entries say that they are by.
  package var name: String
  /// What the network is called, or the stage that runs it.
  package var network: String
  /// How pictures are brought to what it takes, in a word or two.
  package var preparation: String
  /// Its weights, as they were named.
  package var weights: String
  /// What its weights are known by.
  package var digest: ContentDigest
  /// What computes it: engine, version, device, precision.
  package var engine: String

  /// A network whose weights are in files.
  ///
  /// - Parameter place: where those are, and what computes.
  /// - Throws: what reading them meets.
  package init(_ name: String, network: String, preparation: String, at place: PictureEncoder.Place) throws {
    (self.name, self.network, self.preparation) = (name, network, preparation)
    (weights, digest) = (place.name, try WeightFiles(at: place.path).digest())
    engine = place.engine
  }
}
