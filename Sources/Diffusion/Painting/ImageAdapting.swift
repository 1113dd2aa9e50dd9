public import Tensors

/// The way from pictures to the tokens by which an IP-Adapter shows them to a denoiser.
public struct ImageAdapting: Sendable {
  private let networks: ModelNetworks
  private let encoder: ExemplarEncoder
  private let path: String
  private let projection: IPAdapterProjection

  /// A way through an image encoder and an adapter.
  ///
  /// - Parameters:
  ///   - model: with a CLIPVisionModelWithProjection, of the kind that the adapter was trained with.
  ///   - path: the adapter's file or folder.
  public init(
    _ model: DiffusionModel, adapter path: String, _ compute: ComputeOptions, runtime: DiffusionRuntime
  )
    throws
  {
    networks = ModelNetworks(model, compute, runtime)
    encoder = try model.exemplarEncoder()
    self.path = path
    projection = try Self.projection(of: encoder, adapter: path)
  }

  /// Side of the pictures that the encoder takes, in pixels.
  public var imageSize: Int { encoder.configuration.imageSize }

  /// The conditioning of pictures, whose tokens are set one after the other.
  ///
  /// - Parameters:
  ///   - pictures: `[1, 3, imageSize, imageSize]` each, as `ImagePreprocessing.exemplar` makes them; one at least.
  ///   - scale: how much they count beside the text.
  public func conditioning(_ pictures: [Tensor], scale: Float) async throws -> ImageConditioning {
    var tokens: [Float] = []
    for picture in pictures { tokens += try await projected(features(of: picture)) }
    let none = try await projected(nothing())
    let shape = [1, pictures.count * projection.tokens, projection.width]
    return ImageConditioning(
      tokens: Tensor(tokens, shape: shape),
      unconditional: Tensor(pictures.flatMap { _ in none }, shape: shape), scale: scale)
  }

  /// What the encoder says of a picture: its embedding, or all tokens before the last layer for a resampler.
  private func features(of picture: Tensor) async throws -> Tensor {
    projection.resampler == nil
      ? try await networks.run(.embedding, ["exemplar": picture])["embedding"]!
      : try await networks.run(.penultimate, ["exemplar": picture])["tokens"]!
  }

  /// What stands for no picture, as the adapters were trained: an embedding of zeros, or the features of a picture of zeros.
  private func nothing() async throws -> Tensor {
    let shape =
      projection.resampler == nil
      ? [1, projection.featureWidth] : [1, encoder.configuration.channels, imageSize, imageSize]
    let zeros = Tensor(Array(repeating: 0, count: shape.reduce(1, *)), shape: shape)
    return projection.resampler == nil ? zeros : try await features(of: zeros)
  }

  private func projected(_ features: Tensor) async throws -> [Float] {
    let network = try await networks.runtime.network(projection, weights: path, networks.compute)
    return try await network.run(["features": features])["tokens"]!.floats
  }

  /// The networks of the encoder that this takes.
  package static func forms(_ projection: IPAdapterProjection) -> [NetworkForm] {
    [projection.resampler == nil ? .embedding : .penultimate]
  }

  /// The adapter's projection, for features of this encoder.
  ///
  /// - Throws: `InpaintingError` when they do not belong together.
  package static func projection(of encoder: ExemplarEncoder, adapter path: String) throws
    -> IPAdapterProjection
  {
    try ExemplarEncoding.checkEmbedding(of: encoder)
    var projection = try IPAdapter(path: path).projection
    let shape = encoder.configuration
    let made = projection.resampler == nil ? shape.projectionWidth : shape.width
    guard made == projection.featureWidth else {
      throw InpaintingError(
        "the adapter takes features \(projection.featureWidth) wide, the image encoder makes them \(made) wide: it was "
          + "trained with another encoder")
    }
    projection.resampler?.inputTokens = shape.tokens
    return projection
  }
}
