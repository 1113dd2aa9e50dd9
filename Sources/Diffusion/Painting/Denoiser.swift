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

  /// The noise in the latents of all samples, flat in and out.
  ///
  /// - Parameter asPair: whether both halves of guidance go through the network together, which shares the layers
  ///   before the first context; else one after the other, so that a run guided in part compiles one network.
  func noise(
    in latents: [Float], at timestep: Float, guidance: Float, asPair: Bool
  ) async throws -> [Float] {
    let time = unet.timestepEmbedding(timestep)
    let size = channels * height * width
    var noise: [Float] = []
    noise.reserveCapacity(latents.count)
    for start in stride(from: 0, to: latents.count, by: size) {
      let sample = Tensor(
        Array(latents[start..<start + size]) + sceneChannels,
        shape: [1, unet.configuration.inputChannels, height, width])
      noise += try await guided(sample, time, guidance, asPair: asPair)
    }
    return noise
  }

  private func guided(_ sample: Tensor, _ time: Tensor, _ guidance: Float, asPair: Bool) async throws
    -> [Float]
  {
    let conditional = Context(tokens: conditioning.context.floats, images: conditioning.images?.tokens.floats)
    let unconditional = Context(
      tokens: conditioning.unconditionalTokens, images: conditioning.images?.unconditional.floats)
    switch guidance {
    case 1: return try await predict(sample, time, [conditional])[0]
    case 0: return try await predict(sample, time, [unconditional])[0]
    default:
      let halves =
        asPair
        ? try await predict(sample, time, [unconditional, conditional])
        : try await [predict(sample, time, [unconditional])[0], predict(sample, time, [conditional])[0]]
      return zip(halves[0], halves[1]).map { unconditional, conditional in
        unconditional + guidance * (conditional - unconditional)
      }
    }
  }

  /// What is attended to, flat.
  private struct Context {
    var tokens: [Float]
    var images: [Float]?
  }

  /// The noise given each context of a batch.
  private func predict(_ sample: Tensor, _ time: Tensor, _ contexts: [Context]) async throws -> [[Float]] {
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
    let noise = try await networks.run(form, inputs)["noise"]!.floats
    let size = noise.count / count
    return (0..<count).map { Array(noise[$0 * size..<($0 + 1) * size]) }
  }
}
