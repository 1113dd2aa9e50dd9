import Foundation
import Tensors

/// The way from pictures to latents and back through a model's autoencoder.
public struct LatentCoding: Sendable {
  private let networks: ModelNetworks
  private let autoencoder: Autoencoder
  private let tinyDecoder: (network: TinyDecoder, weights: String)?

  /// A way through the autoencoder of a model.
  ///
  /// - Parameter decoder: where the weights of a tiny decoder (TAESD's layout) are that decodes in the place of the
  ///   model's own: far faster, with less detail. Nil for the model's own.
  /// - Throws: `CheckpointError` for weights that are none of such a decoder, `InpaintingError` for those of another model's
  ///   latents.
  public init(
    _ model: DiffusionModel, _ compute: ComputeOptions, runtime: DiffusionRuntime, decoder: String? = nil
  ) throws {
    networks = ModelNetworks(model, compute, runtime)
    let autoencoder = try model.autoencoder()
    self.autoencoder = autoencoder
    tinyDecoder = try decoder.map { (try Self.tinyDecoder(at: $0, for: autoencoder.configuration), $0) }
  }

  /// The tiny decoder of weights, if it decodes an autoencoder's latents.
  package static func tinyDecoder(
    at path: String, for autoencoder: AutoencoderConfiguration
  ) throws -> TinyDecoder {
    let network = try TinyDecoder(weightsAt: path)
    guard network.latentChannels == autoencoder.latentChannels, network.scale == autoencoder.scale else {
      throw InpaintingError(
        "the tiny decoder takes latents of \(network.latentChannels) channels, each for \(network.scale)×\(network.scale) "
          + "pixels; the model's have \(autoencoder.latentChannels), for \(autoencoder.scale)×\(autoencoder.scale)"
      )
    }
    return network
  }

  /// Pixels of the picture for one of the latents, along either axis.
  public var scale: Int { autoencoder.configuration.scale }
  /// Channels of the latents.
  public var channels: Int { autoencoder.configuration.latentChannels }

  /// The mean of a picture's latents, or a sample of them with standard normal noise given, times the scaling
  /// factor; `[channels, height / scale, width / scale]`, flat.
  ///
  /// - Parameter noise: as many values as the latents have; nil for the mean.
  /// - Throws: `GraphError` for a picture whose sides are no multiples of `scale`.
  public func encode(_ picture: PixelPlanes, noise: [Float]? = nil) async throws -> [Float] {
    let latents = try await distribution(of: picture)
    return noise.map(latents.sample) ?? latents.mean
  }

  /// How a picture's latents are distributed.
  ///
  /// - Throws: as `encode`.
  func distribution(of picture: PixelPlanes) async throws -> LatentDistribution {
    try await distribution(picture.tensor)
  }

  /// Samples of the latents of several pictures of one size, with standard normal noise given, times the scaling
  /// factor; `[pictures, channels, height / scale, width / scale]`, flat.
  public func encode(_ pictures: [PixelPlanes], noise: [Float]) async throws -> [Float] {
    let shape = [pictures.count, 3, pictures[0].height, pictures[0].width]
    return try await distribution(Tensor(pictures.flatMap(\.values), shape: shape)).sample(noise)
  }

  /// Of pictures `[pictures, 3, height, width]`.
  private func distribution(_ pictures: Tensor) async throws -> LatentDistribution {
    let (batch, height, width) = (pictures.shape[0], pictures.shape[2], pictures.shape[3])
    let results = try await networks.run(
      .encoder(batch: batch, height: height, width: width), ["picture": pictures])
    let factor = autoencoder.configuration.scalingFactor
    return LatentDistribution(
      mean: results["mean"]!.floats.map { factor * $0 },
      deviation: results["logVariance"]!.floats.map { factor * exp(0.5 * min(max($0, -30), 20)) }
    )
  }

  /// The picture of latents `[channels, height, width]`, flat.
  ///
  /// - Parameters:
  ///   - tile: latents larger than this on a side are decoded in squares of this side, `overlap` of which lie on
  ///     their neighbours and are blended linearly; nil decodes any size at once.
  ///   - progress: hears of finished tiles, and of how many there are.
  public func decode(
    _ latents: [Float], height: Int, width: Int, tile: Int? = nil, overlap: Int = 16,
    progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> PixelPlanes {
    let factor = tinyDecoder?.network.scalingFactor ?? autoencoder.configuration.scalingFactor
    let scaled = latents.map { $0 / factor }
    let tiles = TileGrid(width: width, height: height, tile: tile, overlap: overlap)
    var canvas = TileCanvas(tiles, scale: scale)
    for (index, place) in tiles.places.enumerated() {
      let part = tiles.cut(scaled, at: place, channels: channels)
      let picture = try await decodeWhole(part, height: tiles.tileHeight, width: tiles.tileWidth)
      if tiles.places.count == 1 { return picture }
      canvas.add(picture, at: place)
      progress(index + 1, tiles.places.count)
    }
    return canvas.picture
  }

  private func decodeWhole(_ latents: [Float], height: Int, width: Int) async throws -> PixelPlanes {
    let latent = Tensor(latents, shape: [1, channels, height, width])
    let results = try await decoder(height: height, width: width).run(["latent": latent])
    return PixelPlanes(width: scale * width, height: scale * height, values: results["picture"]!.floats)
  }

  private func decoder(height: Int, width: Int) async throws -> any Executable {
    guard let tinyDecoder else {
      return try await networks.executable(.decoder(height: height, width: width))
    }
    return try await networks.runtime.network(
      tinyDecoder.network.of(height: height, width: width), weights: tinyDecoder.weights, networks.compute)
  }

  /// The colours of the model's latents, for pictures of them that need no decoder.
  ///
  /// - Parameters:
  ///   - height: of latents; what is fitted to is encoded at that size, so that a network compiled for pictures of it
  ///     serves.
  ///   - width: of latents.
  public func colours(height: Int, width: Int) async throws -> LatentColours {
    let chart = LatentColours.chart(width: scale * width, height: scale * height)
    return LatentColours(latents: try await encode(chart), channels: channels, of: chart.averaged(scale))
  }
}

/// What an autoencoder says of pictures: each of their latents is normally distributed.
struct LatentDistribution {
  /// Times the scaling factor.
  let mean: [Float]
  /// The standard deviation, times the scaling factor.
  let deviation: [Float]

  /// Latents drawn with as many standard normal numbers.
  func sample(_ noise: [Float]) -> [Float] {
    mean.indices.map { mean[$0] + deviation[$0] * noise[$0] }
  }
}
