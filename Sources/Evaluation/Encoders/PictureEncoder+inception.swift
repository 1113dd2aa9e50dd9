package import Diffusion

extension PictureEncoder {
  /// Inception-v3 as FID is taken by it: 2,048 features.
  package static func inception(
    _ place: Place, resizing: InceptionResizing, runtime: DiffusionRuntime
  ) async throws -> PictureEncoder {
    let network = try Inception(weightsAt: place.path)
    let executable = try await runtime.network(network, weights: place.path, place.compute)
    return try PictureEncoder(
      .inception, network: Inception.name, preparation: resizing.rawValue, at: place, executable: executable,
      output: "features"
    ) { ["picture": resizing($0, size: network.size)] }
  }
}
