import Diffusion
import Foundation
import Imaging
import Tensors

/// Batches for `ReconstructionObjective`: random squares of pictures, half of them mirrored.
struct ReconstructionBatches: BatchSource {
  /// How many pictures a micro-batch has.
  let batchSize: Int
  private let data: any TrainingData
  private let side: Int
  private let latentShape: [Int]
  private let microBatches: Int
  private let seed: Int

  /// - Parameters:
  ///   - side: width and height of the squares in pixels; a multiple of the autoencoder's scale.
  ///   - microBatches: of a step, of all processes.
  init(
    _ data: any TrainingData, _ autoencoder: Autoencoder, batchSize: Int, side: Int, microBatches: Int,
    seed: Int
  ) {
    (self.data, self.batchSize, self.side) = (data, batchSize, side)
    (self.microBatches, self.seed) = (microBatches, seed)
    let shape = autoencoder.configuration
    latentShape = [batchSize, shape.latentChannels, side / shape.scale, side / shape.scale]
  }

  /// The objective's inputs.
  func inputs(step: Int, micro: Int) async throws -> [String: Tensor] {
    let start = ((step - 1) * microBatches + micro) * batchSize
    let pictures = try await examples(batchSize) { place in
      try square(of: data.picture(data.wrapped(start + place)), start + place)
    }
    var noise = StepRandom(seed: seed, step: step, micro: micro, purpose: "posterior")
    return [
      "picture": Tensor(pictures.flatMap { $0 }, shape: [batchSize, 3, side, side]),
      "noise": Tensor(noise.normal(count: latentShape.reduce(1, *)), shape: latentShape),
    ]
  }

  private func square(of picture: Image, _ index: Int) throws -> [Float] {
    guard picture.width >= side, picture.height >= side else {
      throw TrainingError("a picture of \(picture.width)×\(picture.height) holds no square of \(side)")
    }
    var random = StepRandom(seed: seed, step: index, micro: 0, purpose: "square")
    let x = Int.random(in: 0...picture.width - side, using: &random)
    let y = Int.random(in: 0...picture.height - side, using: &random)
    let part = try picture.cropped(x: x, y: y, width: side, height: side)
    return try (random.uniform() < 0.5 ? part.flipped(.horizontal) : part).planes().values
  }
}
