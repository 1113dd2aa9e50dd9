import Foundation
public import Tensors

/// How alike two pictures are to a model's own image encoder.
///
/// Source: the CLIP score of Yang et al. 2023, section 4.1. With a CLIPVisionModelWithProjection (ViT-B/32 there) it is
/// that score; with the encoder of Paint by Example it is what the denoiser could know of the likeness, as the class
/// token is all that the mapper sees.
public struct EncoderSimilarity: Sendable {
  private let networks: ModelNetworks
  private let encoder: ExemplarEncoder

  /// A comparison by the image encoder of a model.
  public init(_ model: DiffusionModel, _ compute: ComputeOptions, runtime: DiffusionRuntime) throws {
    networks = ModelNetworks(model, compute, runtime)
    encoder = try model.exemplarEncoder()
  }

  /// Side of the pictures that the encoder takes, in pixels.
  public var imageSize: Int { encoder.configuration.imageSize }

  /// What the encoder makes of a picture: its class token `[width]`, or, where it has no mapper but a projection,
  /// CLIP's picture embedding `[projectionWidth]`.
  ///
  /// - Parameter picture: `[1, 3, imageSize, imageSize]`, as `ImagePreprocessing.exemplar` makes it.
  public func features(_ picture: Tensor) async throws -> [Float] {
    let hasMapper = encoder.configuration.architecture == .paintByExample
    let results = try await networks.run(Self.form(of: encoder), ["exemplar": picture])
    return results[hasMapper ? "token" : "embedding"]!.floats
  }

  /// The network that sees.
  package static func form(of encoder: ExemplarEncoder) -> NetworkForm {
    encoder.configuration.architecture == .paintByExample ? .tower(batch: 1, .classToken) : .embedding
  }

  /// The cosine of two pictures' features × 100: 100 for the same direction, 0 for nothing in common.
  ///
  /// - Precondition: the features are of one encoder. Features of zeros have the cosine 0 with anything.
  public static func similarity(_ first: [Float], _ second: [Float]) -> Double {
    precondition(
      first.count == second.count, "\(first.count) and \(second.count) features are of two encoders")
    func product(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let lengths = (product(first, first) * product(second, second)).squareRoot()
    return lengths > 0 ? 100 * product(first, second) / lengths : 0
  }
}
