import Diffusion
import Imaging
import OpenVINO
import Tensors

/// One way to paint a hole.
struct Variant: Hashable, Sendable {
  /// Which exemplar conditions the denoiser.
  enum Exemplar: String, Sendable { case own, other }

  /// 0 is the unconditional vector alone, 1 the exemplar without guidance.
  var guidance: Float
  var exemplar = Exemplar.own
  /// Which of two noises it starts from.
  var noise = 0

  static let unconditional = Variant(guidance: 0)
  static let full = Variant(guidance: 5)
  static let fullAgain = Variant(guidance: 5, noise: 1)
  static let fullOther = Variant(guidance: 5, exemplar: .other)

  /// Those with one prediction a step first, so that a network is compiled once for each number of them.
  static let all = [
    unconditional, Variant(guidance: 1), Variant(guidance: 2), Variant(guidance: 3), full, fullAgain,
    fullOther,
  ]
}

/// One worker's networks: one thread each, as several samples are worked on side by side.
struct Painter: Sendable {
  let model: DiffusionModel
  let steps: Int
  let seed: Int
  let compute: ComputeOptions
  private let runtime = DiffusionRuntime(threads: 1) { _ in try OpenVINOEngine() }

  init(model: DiffusionModel, steps: Int, seed: Int, compute: ComputeOptions) {
    (self.model, self.steps, self.seed, self.compute) = (model, steps, seed, compute)
  }

  /// What the denoiser is conditioned on, of an exemplar prepared as the stages prepare it.
  func conditioning(of exemplar: Image) async throws -> DenoiserConditioning {
    let encoding = try ExemplarEncoding(model, compute, runtime: runtime)
    return try await encoding.conditioning(
      tensor(exemplar, size: encoding.imageSize, .diffusers), tokens: .classToken)
  }

  /// What the encoder sees in a picture, all of it squashed to the encoder's size.
  func features(of picture: Image) async throws -> [Float] {
    let encoder = try EncoderSimilarity(model, compute, runtime: runtime)
    return try await encoder.features(tensor(picture, size: encoder.imageSize, .authors))
  }

  /// The hole painted: the whole decoded picture.
  func painted(
    _ sample: HeldOutSet.Sample, _ conditioning: DenoiserConditioning, _ variant: Variant, index: Int
  ) async throws -> Image {
    var options = InpaintingOptions()
    (options.steps, options.guidance, options.compute) = (steps, variant.guidance, compute)
    options.seed = seed + 2 * index + variant.noise
    let painting = try Inpainting(model, options, runtime: runtime)
    let latents = try await painting.run(
      scene: sample.scene.planes, mask: sample.mask.keepMask, conditioning: conditioning)
    return try await decoded(latents.floats, of: sample)
  }

  /// The scene through the autoencoder and back: what of a change is not painting.
  func reconstructed(_ sample: HeldOutSet.Sample) async throws -> Image {
    let coding = try LatentCoding(model, compute, runtime: runtime)
    return try await decoded(coding.encode(sample.scene.planes), of: sample)
  }

  private func decoded(_ latents: [Float], of sample: HeldOutSet.Sample) async throws -> Image {
    let coding = try LatentCoding(model, compute, runtime: runtime)
    return try await coding.decode(
      latents, height: sample.scene.height / coding.scale, width: sample.scene.width / coding.scale
    ).image
  }

  private func tensor(_ picture: Image, size: Int, _ convention: Convention) throws -> Tensor {
    try model.preprocessing().exemplar(
      picture.pixels(as: UInt8.self), width: picture.width, height: picture.height, size: size,
      convention: convention)
  }
}
