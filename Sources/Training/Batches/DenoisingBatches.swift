import Diffusion
import Tensors

/// Batches for `DenoisingObjective`: latents of training pairs with noise of random strength.
struct DenoisingBatches: BatchSource {
  let batchSize: Int
  let cache: LatentCache
  let order: PairOrder
  let unet: UNet
  let schedule: NoiseSchedule
  /// What the network is to say.
  let prediction: SchedulerConfiguration.Prediction
  /// `[channels, height, width]` of latents.
  let latentShape: [Int]
  /// `[tokens, width]` of a reference's tokens.
  let tokenShape: [Int]
  /// Probability of a whole batch's condition being replaced by the learned vector.
  let dropRate: Double
  /// See `DenoiserTraining.signalLimit`.
  let signalLimit: Double?
  /// Of a step, of all processes.
  let microBatches: Int
  let seed: Int

  func inputs(step: Int, micro: Int) async throws -> [String: Tensor] {
    let start = ((step - 1) * microBatches + micro) * batchSize
    let pairs = try await examples(batchSize) { place in
      try await noised(cache.pair(order[start + place]), position: start + place)
    }
    var drops = StepRandom(seed: seed, step: step, micro: micro, purpose: "drop")
    let conditioned: Float = drops.uniform() < dropRate ? 0 : 1
    let (height, width) = (latentShape[1], latentShape[2])
    var inputs = [
      "sample": Tensor(pairs.flatMap(\.sample), shape: [batchSize, 2 * latentShape[0] + 1, height, width]),
      "time": Tensor(pairs.flatMap(\.time), shape: [batchSize, unet.configuration.blockChannels[0]]),
      "token": Tensor(pairs.flatMap(\.token), shape: [batchSize] + tokenShape),
      "conditioned": Tensor([conditioned], shape: [1, 1, 1]),
      "target": Tensor(pairs.flatMap(\.target), shape: [batchSize] + latentShape),
    ]
    if signalLimit != nil { inputs["weight"] = Tensor(pairs.map(\.weight), shape: [batchSize, 1, 1, 1]) }
    return inputs
  }

  /// A pair with noise of its own: the same wherever it stands in a batch, and whichever process learns it.
  private func noised(_ pair: EncodedPair, position: Int) -> NoisedPair {
    var random = StepRandom(seed: seed, step: position, micro: 0, purpose: "noise")
    let time = Int.random(in: 0..<schedule.stepCount, using: &random)
    let noise = random.normal(count: pair.latent.count)
    let kept = schedule.alphasCumprod[time]
    return NoisedPair(
      sample: schedule.noised(pair.latent, with: noise, at: time) + pair.masked + pair.keep,
      time: unet.timestepEmbedding(Float(time)).floats, token: pair.token,
      target: zip(pair.latent, noise).map { prediction.target($0, $1, kept: kept) },
      weight: signalLimit.map { min(1, Float($0) * (1 - kept) / kept) } ?? 1)
  }
}

/// A pair as the denoiser sees it, and what it should find.
private struct NoisedPair: Sendable {
  var sample: [Float]
  var time: [Float]
  var token: [Float]
  var target: [Float]
  var weight: Float
}

/// The order in which pairs are learnt from: at first their own, so that learning begins before all are encoded; then
/// another each time.
struct PairOrder: Sendable {
  /// Pairs in all.
  let count: Int
  let seed: Int

  /// The number of the pair at a place, both from 0 on.
  subscript(position: Int) -> Int {
    let (epoch, place) = position.quotientAndRemainder(dividingBy: count)
    return epoch == 0 ? place : Shuffle(count, seed: seed, epoch: epoch)[place]
  }
}

/// An order of numbers that is computed place by place: a Feistel network over the next power of four, walked until it
/// falls into the range (Black and Rogaway 2002).
struct Shuffle {
  private let count: Int
  private let halfBits: Int
  private let keys: [UInt64]

  init(_ count: Int, seed: Int, epoch: Int) {
    self.count = count
    var bits = 2
    while 1 << bits < count { bits += 2 }
    halfBits = bits / 2
    var random = StepRandom(seed: seed, step: epoch, micro: 0, purpose: "order")
    keys = (0..<4).map { _ in random.next() }
  }

  /// The number at a place; both from 0 to `count` − 1.
  subscript(place: Int) -> Int {
    var value = place
    repeat { value = permuted(value) } while value >= count
    return value
  }

  private func permuted(_ value: Int) -> Int {
    let mask = UInt64(1 << halfBits) - 1
    var (left, right) = (UInt64(value) >> halfBits, UInt64(value) & mask)
    for key in keys {
      // Steele's mixing of 64 bits.
      var mixed = (right ^ key) &* 0x9E37_79B9_7F4A_7C15
      mixed = (mixed ^ (mixed >> 29)) &* 0xBF58_476D_1CE4_E5B9
      (left, right) = (right, left ^ ((mixed ^ (mixed >> 32)) & mask))
    }
    return Int(left << halfBits | right)
  }
}
