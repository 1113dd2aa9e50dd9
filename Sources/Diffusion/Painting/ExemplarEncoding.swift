public import Tensors

/// The way from a prepared exemplar to a denoiser's conditioning.
public struct ExemplarEncoding: Sendable {
  private let networks: ModelNetworks
  private let encoder: ExemplarEncoder

  /// A way through the image encoder of a model.
  public init(_ model: DiffusionModel, _ compute: ComputeOptions, runtime: DiffusionRuntime) throws {
    networks = ModelNetworks(model, compute, runtime)
    encoder = try model.exemplarEncoder()
  }

  /// Side of the pictures that the encoder takes, in pixels.
  public var imageSize: Int { encoder.configuration.imageSize }

  /// The conditioning of an exemplar through the mapper (Yang et al. 2023, section 3.2).
  ///
  /// - Parameter exemplar: `[1, 3, imageSize, imageSize]`, as `ImagePreprocessing.exemplar` makes it.
  /// - Throws: `InpaintingError` when the model has no mapper.
  public func conditioning(_ exemplar: Tensor, tokens: ExemplarTokens) async throws -> DenoiserConditioning {
    try Self.checkMapper(of: encoder)
    let results = try await networks.run(.context(tokens), ["exemplar": exemplar])
    let weights = try await networks.runtime.weights(of: .imageEncoder, of: networks.model)
    return DenoiserConditioning(context: results["context"]!, unconditional: weights.tensor("uncond_vector")!)
  }

  /// CLIP's own picture embedding as a single token, its unconditional twin being zeros, as image variation models
  /// are trained.
  ///
  /// - Throws: `InpaintingError` when the model's encoder makes none.
  public func embedding(_ exemplar: Tensor) async throws -> DenoiserConditioning {
    try Self.checkEmbedding(of: encoder)
    let results = try await networks.run(.embedding, ["exemplar": exemplar])
    let width = encoder.configuration.projectionWidth
    return DenoiserConditioning(
      context: Tensor(results["embedding"]!.floats, shape: [1, 1, width]),
      unconditional: Tensor(Array(repeating: 0, count: width), shape: [1, 1, width]))
  }

  /// What the vision tower says of exemplars, `[batch, tokens, width]`: what the mapper takes.
  ///
  /// - Parameter exemplars: `[batch, 3, imageSize, imageSize]`.
  public func token(_ exemplars: Tensor, tokens: ExemplarTokens) async throws -> Tensor {
    let batch = exemplars.shape[0]
    let results = try await networks.run(.tower(batch: batch, tokens), ["exemplar": exemplars])
    return results["token"]!
  }

  /// Whether the encoder has a mapper.
  package static func checkMapper(of encoder: ExemplarEncoder) throws {
    guard encoder.configuration.architecture == .paintByExample else {
      throw InpaintingError(
        "the model's encoder is \(encoder.configuration.architecture.rawValue), which has no exemplar mapper; "
          + "\"tokens\": \"embedding\" takes its picture embedding as it is")
    }
  }

  /// Whether the encoder makes a picture embedding.
  package static func checkEmbedding(of encoder: ExemplarEncoder) throws {
    guard encoder.configuration.architecture == .projection else {
      throw InpaintingError(
        "the model's encoder is \(encoder.configuration.architecture.rawValue), which makes no plain picture embedding; "
          + "that needs a model with CLIPVisionModelWithProjection")
    }
  }
}
