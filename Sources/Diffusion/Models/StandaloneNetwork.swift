package import Tensors

/// A network that stands alone: its weights are a file, or a folder of such files, and it is no part of a diffusion model.
///
/// A value is one in one shape: whatever a compiled network depends on but its weights and the engine is a member.
package protocol StandaloneNetwork: Sendable, Hashable, Codable {
  /// What messages call it, such as `PCT-Net`.
  static var name: String { get }

  /// Its graph.
  func graph(_ weights: any Weights) throws -> Graph

  /// The weights under the names that the graph asks for, and no others.
  ///
  /// - Parameter published: all that the files hold.
  func named(_ published: Checkpoint) throws(CheckpointError) -> Checkpoint
}

extension StandaloneNetwork {
  /// The names it was published with.
  package func named(_ published: Checkpoint) -> Checkpoint { published }

  /// Its weights at a path, mapped, each of the shape that the graph needs.
  ///
  /// - Throws: `CheckpointError` for what is no file of weights, `WeightMismatch` listing all that is missing, extra or of
  ///   another shape.
  package func weights(at path: String) throws -> Checkpoint {
    let list = WeightList()
    _ = try graph(list)
    return try WeightExpectation(component: Self.name, shapes: list.shapes)
      .fitted(named(WeightFiles(at: path).checkpoint()))
  }
}
