import Diffusion
import Imaging
import Tensors

/// Batches for `ContrastiveObjective`: two views of each of a batch's objects.
struct ContrastiveBatches: BatchSource {
  /// How many objects a micro-batch has.
  let batchSize: Int
  private let data: any TrainingData
  private let preprocessing: ImagePreprocessing
  private let side: Int
  private let microBatches: Int

  /// - Parameters:
  ///   - preprocessing: how the model prepares pictures for its encoder.
  ///   - microBatches: of a step, of all processes.
  init(
    _ data: any TrainingData, _ encoder: ExemplarEncoder, _ preprocessing: ImagePreprocessing, batchSize: Int,
    microBatches: Int
  ) {
    (self.data, self.preprocessing) = (data, preprocessing)
    (self.batchSize, self.microBatches) = (batchSize, microBatches)
    side = encoder.configuration.imageSize
  }

  /// The objective's inputs.
  func inputs(step: Int, micro: Int) async throws -> [String: Tensor] {
    let start = ((step - 1) * microBatches + micro) * batchSize
    let views = try await examples(batchSize) { place in
      let (first, second) = try data.views(data.wrapped(start + place))
      return (
        try preprocessing.exemplar(first, size: side).floats,
        try preprocessing.exemplar(second, size: side).floats
      )
    }
    let shape = [batchSize, 3, side, side]
    let identity = (0..<batchSize * batchSize).map { $0 / batchSize == $0 % batchSize ? Float(1) : 0 }
    return [
      "first": Tensor(views.flatMap(\.0), shape: shape), "second": Tensor(views.flatMap(\.1), shape: shape),
      "pairs": Tensor(identity, shape: [batchSize, batchSize]),
    ]
  }
}

extension ImagePreprocessing {
  /// A reference of 8 bits as the encoder's input; references are square, so that nothing is lost.
  func exemplar(_ reference: Image, size: Int) throws -> Tensor {
    try exemplar(
      reference.pixels(as: UInt8.self), width: reference.width, height: reference.height, size: size,
      convention: .diffusers)
  }
}
