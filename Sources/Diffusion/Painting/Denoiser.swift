import Tensors

/// What a denoiser takes beside the latents.
enum DenoiserLayout: Hashable {
  /// Nothing: as many channels as the latents have.
  case latentsAlone
  /// The masked scene's latents and the mask, in that order or the other.
  case withScene(ChannelOrder)

  var seesScene: Bool { self != .latentsAlone }

  /// - Parameter latents: channels of the latents.
  init(_ unet: UNet, latents: Int, order: ChannelOrder?) throws(InpaintingError) {
    let count = unet.configuration.inputChannels
    guard unet.configuration.outputChannels == latents else {
      throw InpaintingError(
        "the denoiser makes \(unet.configuration.outputChannels) channels, the autoencoder's latents have \(latents)"
      )
    }
    switch count {
    case latents: self = .latentsAlone
    case 2 * latents + 1:
      guard let order else {
        throw InpaintingError(
          "the model does not say in which order its denoiser takes masked latents and mask: say it with \"channels\""
        )
      }
      self = .withScene(order)
    default:
      throw InpaintingError(
        "the denoiser takes \(count) channels; \(latents) and \(2 * latents + 1) are supported with latents of \(latents)"
      )
    }
  }
}

/// Predicts noise, guided or not, one picture after the other.
struct Denoiser: Sendable {
  let unet: UNet
  let networks: ModelNetworks
  /// The masked scene's latents and the mask, `[5, height, width]`, in the denoiser's order, or nothing.
  let sceneChannels: [Float]
  let conditioning: DenoiserConditioning
  /// The IP-Adapter of its tokens of pictures.
  let adapter: String?
  let height: Int
  let width: Int
  let channels: Int
  /// Where the network is cut for the features of its deep layers to be used again; nil where it never is.
  let cacheBranch: Int?
  private var features: [FeatureKey: Tensor] = [:]

  init(
    unet: UNet, networks: ModelNetworks, sceneChannels: [Float], conditioning: DenoiserConditioning,
    adapter: String?, height: Int, width: Int, channels: Int, cacheBranch: Int?
  ) {
    (self.unet, self.networks, self.sceneChannels) = (unet, networks, sceneChannels)
    (self.conditioning, self.adapter, self.cacheBranch) = (conditioning, adapter, cacheBranch)
    (self.height, self.width, self.channels) = (height, width, channels)
  }

  /// The noise in the latents of all samples, flat in and out.
  ///
  /// - Parameter asPair: whether both halves of guidance go through the network together, which shares the layers
  ///   before the first context; else one after the other, so that a run guided in part compiles one network.
  /// - Parameter refreshes: whether features of deep layers are computed anew where they are used again at all.
  mutating func noise(
    in latents: [Float], at timestep: Float, guidance: Float, asPair: Bool, refreshes: Bool
  ) async throws -> [Float] {
    if refreshes { features = [:] }
    let time = unet.timestepEmbedding(timestep)
    let size = channels * height * width
    var noise: [Float] = []
    noise.reserveCapacity(latents.count)
    for start in stride(from: 0, to: latents.count, by: size) {
      let sample = Tensor(
        Array(latents[start..<start + size]) + sceneChannels,
        shape: [1, unet.configuration.inputChannels, height, width])
      noise += try await guided(start / size, sample, time, guidance, asPair: asPair)
    }
    return noise
  }

  private mutating func guided(
    _ index: Int, _ sample: Tensor, _ time: Tensor, _ guidance: Float, asPair: Bool
  ) async throws -> [Float] {
    let conditional = Context(
      isConditional: true, tokens: conditioning.context.floats, images: conditioning.images?.tokens.floats)
    let unconditional = Context(
      isConditional: false, tokens: conditioning.unconditionalTokens,
      images: conditioning.images?.unconditional.floats)
    switch guidance {
    case 1: return try await predict(index, sample, time, [conditional])[0]
    case 0: return try await predict(index, sample, time, [unconditional])[0]
    default:
      let halves: [[Float]]
      if asPair {
        halves = try await predict(index, sample, time, [unconditional, conditional])
      } else {
        let first = try await predict(index, sample, time, [unconditional])
        halves = try await first + predict(index, sample, time, [conditional])
      }
      return zip(halves[0], halves[1]).map { unconditional, conditional in
        unconditional + guidance * (conditional - unconditional)
      }
    }
  }

  /// What is attended to, flat.
  private struct Context {
    var isConditional: Bool
    var tokens: [Float]
    var images: [Float]?
  }

  /// Whose features they are: a sample's, given these contexts.
  private struct FeatureKey: Hashable {
    var sample: Int
    var areConditional: [Bool]
  }

  /// The noise given each context of a batch.
  private mutating func predict(
    _ index: Int, _ sample: Tensor, _ time: Tensor, _ contexts: [Context]
  ) async throws -> [[Float]] {
    let (tokens, count) = (conditioning.tokens, contexts.count)
    let context = Tensor(contexts.flatMap(\.tokens), shape: [count, tokens, conditioning.width])
    var inputs = ["sample": sample, "time": time, "context": context]
    if let images = conditioning.images {
      inputs["images"] = Tensor(
        contexts.flatMap { $0.images ?? [] }, shape: [count] + images.tokens.shape.dropFirst())
      inputs["scale"] = Tensor([images.scale], shape: [1])
    }
    let form = NetworkForm.denoiser(
      height: height, width: width, batch: count, conditioning.shape, adapter: adapter)
    let key = FeatureKey(sample: index, areConditional: contexts.map(\.isConditional))
    let noise = try await noise(form, inputs, key).floats
    let size = noise.count / count
    return (0..<count).map { Array(noise[$0 * size..<($0 + 1) * size]) }
  }

  /// What the network says, or its shallow layers where the features of the deep ones are there.
  private mutating func noise(
    _ form: NetworkForm, _ inputs: [String: Tensor], _ key: FeatureKey
  ) async throws -> Tensor {
    guard let branch = cacheBranch else { return try await networks.run(form, inputs)["noise"]! }
    if let kept = features[key] {
      let shallow = try await networks.executable(.caching(form, .taking(branch: branch)))
      let known = inputs.merging(["features": kept]) { $1 }
      return try await shallow.run(known.filter { shallow.inputs[$0.key] != nil })["noise"]!
    }
    let results = try await networks.run(.caching(form, .giving(branch: branch)), inputs)
    features[key] = results["features"]!
    return results["noise"]!
  }
}
