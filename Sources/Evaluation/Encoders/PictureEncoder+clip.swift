package import Diffusion

extension PictureEncoder {
  /// CLIP's picture embedding, not normalised, of the middle of a picture whose short edge is brought to the network's
  /// size, as OpenAI's package and clean-fid prepare it.
  package static func clip(_ place: Place, runtime: DiffusionRuntime) async throws -> PictureEncoder {
    try await clip(.clip, place, runtime, preparation: "resize-crop") { $0 }
  }

  /// CLIP's picture embedding of the middle square of a picture, which is cut out before it is resized, as CMMD's authors
  /// do.
  package static func clipLarge(_ place: Place, runtime: DiffusionRuntime) async throws -> PictureEncoder {
    try await clip(.clipLarge, place, runtime, preparation: "crop-resize") { $0.middleSquare }
  }

  private static func clip(
    _ kind: Kind, _ place: Place, _ runtime: DiffusionRuntime, preparation: String,
    _ part: @escaping @Sendable (EvaluatedPicture) -> EvaluatedPicture
  ) async throws -> PictureEncoder {
    let network = try CLIPPictureEmbedding(weightsAt: place.path)
    let executable = try await runtime.network(network, weights: place.path, place.compute)
    let size = network.configuration.imageSize
    var preprocessing = ImagePreprocessing()
    (preprocessing.shortEdge, preprocessing.cropSize) = (size, size)
    return try PictureEncoder(
      kind, network: CLIPPictureEmbedding.name, preparation: "\(preparation)-\(size)", at: place,
      executable: executable, output: "embedding"
    ) { [preprocessing] picture in
      let part = part(picture)
      return [
        "exemplar": try preprocessing.exemplar(
          part.pixels, width: part.width, height: part.height, size: size, convention: .diffusers)
      ]
    }
  }
}

extension EvaluatedPicture {
  /// The largest square in the middle.
  var middleSquare: EvaluatedPicture {
    let side = min(width, height)
    let (left, top) = ((width - side) / 2, (height - side) / 2)
    var square: [UInt8] = []
    square.reserveCapacity(3 * side * side)
    for row in top..<top + side {
      let start = 3 * (row * width + left)
      square += pixels[start..<start + 3 * side]
    }
    return EvaluatedPicture(square, width: side, height: side)
  }
}
