import Diffusion
import Tensors

/// Batches for `ConsistencyObjective`: latents of training pairs with the noise of one of the distilled steps.
struct ConsistencyBatches: BatchSource {
  let batchSize: Int
  let cache: LatentCache
  let order: PairOrder
  let unet: UNet
  let distillation: ConsistencySchedule
  /// `[channels, height, width]` of latents.
  let latentShape: [Int]
  /// `[tokens, width]` of a reference's tokens.
  let tokenShape: [Int]
  /// Of a step, of all processes.
  let microBatches: Int
  let seed: Int

  func inputs(step: Int, micro: Int) async throws -> [String: Tensor] {
    let start = ((step - 1) * microBatches + micro) * batchSize
    let pairs = try await examples(batchSize) { place in
      try await noised(cache.pair(order[start + place]), position: start + place)
    }
    let (height, width) = (latentShape[1], latentShape[2])
    let timeShape = [batchSize, unet.configuration.blockChannels[0]]
    func factors(_ part: KeyPath<ConsistencyPair, LatentFactors>) -> Tensor {
      Tensor(
        pairs.flatMap { [$0[keyPath: part].latent, $0[keyPath: part].output] }, shape: [batchSize, 2, 1, 1])
    }
    return [
      "sample": Tensor(pairs.flatMap(\.sample), shape: [batchSize, 2 * latentShape[0] + 1, height, width]),
      "time": Tensor(pairs.flatMap(\.time), shape: timeShape),
      "earlierTime": Tensor(pairs.flatMap(\.earlierTime), shape: timeShape),
      "token": Tensor(pairs.flatMap(\.token), shape: [batchSize] + tokenShape),
      "step": factors(\.step), "present": factors(\.present), "earlier": factors(\.earlier),
    ]
  }

  /// A pair with noise of its own: the same wherever it stands in a batch, and whichever process learns it.
  private func noised(_ pair: EncodedPair, position: Int) -> ConsistencyPair {
    var random = StepRandom(seed: seed, step: position, micro: 0, purpose: "noise")
    let index = Int.random(in: 0..<distillation.steps.count, using: &random)
    let (time, earlier) = (distillation.steps[index], distillation.steps.before(index))
    let noise = random.normal(count: pair.latent.count)
    return ConsistencyPair(
      sample: distillation.noised(pair.latent, with: noise, at: time) + pair.masked + pair.keep,
      time: unet.timestepEmbedding(Float(time)).floats,
      earlierTime: unet.timestepEmbedding(Float(earlier)).floats, token: pair.token,
      step: distillation.step(from: time, to: earlier), present: distillation.consistency(at: time),
      earlier: distillation.consistency(at: earlier))
  }
}

/// A pair as the denoiser sees it, and what is made of its latents and the networks' outputs.
private struct ConsistencyPair: Sendable {
  var sample: [Float]
  var time: [Float]
  var earlierTime: [Float]
  var token: [Float]
  var step: LatentFactors
  var present: LatentFactors
  var earlier: LatentFactors
}
