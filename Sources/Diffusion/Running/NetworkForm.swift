import Foundation
package import Tensors

/// A network of a model in one shape, by what its graph is a function of.
package enum NetworkForm: Sendable, Hashable, Codable {
  /// The denoiser on latents of that height and width, a batch of contexts of several tokens at once.
  case denoiser(height: Int, width: Int, batch: Int, tokens: Int)
  /// The same, with so many tokens of pictures, which an IP-Adapter lets it attend to.
  case adaptedDenoiser(
    height: Int, width: Int, batch: Int, tokens: Int, imageTokens: Int, adapter: String)
  /// One of these denoisers that gives out or takes its deep layers' features.
  indirect case caching(NetworkForm, FeatureCaching)
  /// From pictures of that height and width in pixels to latents.
  case encoder(batch: Int, height: Int, width: Int)
  /// From latents of that height and width to a picture.
  case decoder(height: Int, width: Int)
  /// From an exemplar to the denoiser's context tokens.
  case context(ExemplarTokens)
  /// From exemplars to what the vision tower says of them.
  case tower(batch: Int, ExemplarTokens)
  /// From an exemplar to CLIP's own picture embedding.
  case embedding
  /// From an exemplar to all tokens before the last layer of CLIP's tower.
  case penultimate
  /// From prompts to the denoiser's context tokens, without some of the last layers.
  case prompt(batch: Int, skipped: Int)

  // Folders of compiled networks are named by these keys.
  private enum DenoiserCodingKeys: String, CodingKey {
    case height, width, tokens
    case batch = "contexts"
  }

  /// The denoiser for conditioning of this shape.
  package static func denoiser(
    height: Int, width: Int, batch: Int, _ shape: DenoiserConditioning.Shape, adapter: String?
  ) -> NetworkForm {
    guard let adapter, shape.imageTokens > 0 else {
      return .denoiser(height: height, width: width, batch: batch, tokens: shape.tokens)
    }
    return .adaptedDenoiser(
      height: height, width: width, batch: batch, tokens: shape.tokens, imageTokens: shape.imageTokens,
      adapter: adapter)
  }

  /// Whose weights it has.
  package var component: ModelComponent {
    switch self {
    case .denoiser, .adaptedDenoiser, .caching: .unet
    case .encoder, .decoder: .autoencoder
    case .context, .tower, .embedding, .penultimate: .imageEncoder
    case .prompt: .textEncoder
    }
  }

  /// The files of weights that are not the model's.
  var otherFiles: [String] {
    get throws(CheckpointError) {
      switch self {
      case .adaptedDenoiser(_, _, _, _, _, let adapter): return try WeightFiles(at: adapter).weights
      case .caching(let denoiser, _): return try denoiser.otherFiles
      default: return []
      }
    }
  }

  /// Its graph.
  package func graph(of model: DiffusionModel, _ weights: any Weights) throws -> Graph {
    switch self {
    case .denoiser, .adaptedDenoiser: return try denoiserGraph(of: model, weights, nil)
    case .caching(let denoiser, let caching): return try denoiser.denoiserGraph(of: model, weights, caching)
    case .encoder(let batch, let height, let width):
      return try model.autoencoder().encoderGraph(weights, batch: batch, height: height, width: width)
    case .decoder(let height, let width):
      return try model.autoencoder().decoderGraph(weights, height: height, width: width)
    case .context(let tokens): return try model.exemplarEncoder().graph(weights, tokens: tokens)
    case .tower(let batch, let tokens):
      return try model.exemplarEncoder().towerGraph(weights, batch: batch, tokens: tokens)
    case .embedding: return try model.exemplarEncoder().embeddingGraph(weights)
    case .penultimate: return try model.exemplarEncoder().penultimateGraph(weights)
    case .prompt(let batch, let skipped):
      return try model.textEncoder().graph(weights, batch: batch, skipped: skipped)
    }
  }
}

extension NetworkForm {
  private func denoiserGraph(
    of model: DiffusionModel, _ weights: any Weights, _ caching: FeatureCaching?
  ) throws -> Graph {
    let unet = try model.unet()
    switch self {
    case .denoiser(let height, let width, let batch, let tokens):
      return try unet.graph(
        weights, height: height, width: width, batch: batch, tokens: tokens, caching: caching)
    case .adaptedDenoiser(let height, let width, let batch, let tokens, let imageTokens, let adapter):
      return try unet.graph(
        IPAdapter(path: adapter).weights(beside: weights, of: unet), height: height, width: width,
        batch: batch, tokens: tokens, imageTokens: imageTokens, caching: caching)
    default: throw InvalidInput("\(self) is no denoiser, whose features could be given or taken")
    }
  }
}

/// All that a compiled network depends on but the files of its weights.
package struct NetworkKey: Sendable, Hashable {
  /// The key in words, for those who know no networks. Folders of compiled networks are named by it.
  package let name: String
  /// What computes the network, and how exactly.
  package let compute: ComputeOptions

  /// A model's network.
  package init(_ form: NetworkForm, of model: DiffusionModel, _ compute: ComputeOptions) {
    self.init(Words(model: model.path, form: form, arithmetic: compute))
  }

  /// A network that stands alone.
  package init<Network: StandaloneNetwork>(
    _ network: Network, weights path: String, _ compute: ComputeOptions
  ) {
    self.init(Words(model: path, network: Network.name, form: network, arithmetic: compute))
  }

  private struct Words<Form: Encodable>: Encodable {
    var model: String
    var network: String?
    var form: Form
    var arithmetic: ComputeOptions
  }

  private init(_ words: Words<some Encodable>) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A value of names and numbers, which nothing keeps from being written.
    name = String(decoding: try! encoder.encode(words), as: UTF8.self)
    compute = words.arithmetic
  }

  /// Bytes of the compiled network: the engine's copy of the weights, and the values between layers.
  func bytes(of graph: Graph) -> Int {
    graph.constantElementCount * (compute.precision == .f32 ? 4 : 2) + graph.peakValueBytes
  }
}
