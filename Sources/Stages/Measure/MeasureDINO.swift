import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Compares an exemplar with a part of a picture by DINO or DINOv2.
struct MeasureDINO: Stage {
  static let name = "measure.dino"
  static let summary = "Compares an exemplar with a part of a picture by DINO or DINOv2: 100 × cosine."
  static let discussion = """
    Caron et al. (2021) and Oquab et al. (2023): vision transformers that were trained without words, so that, unlike
    CLIP's, their class tokens tell one object from another of its kind. The class token is taken after the last
    normalisation. Benchmarks that take the pooler_output of transformers' ViTModel, as the one of Awesome Generative
    Image Composition does, multiply it by a matrix that is in no file of weights: their figures are others. Weights
    may have their authors' names or transformers'. Positions that were learnt for another size are interpolated as
    transformers does.
    """
  static let image = Input<Picture>("image", help: "The picture that holds the part.")
  static let mask = OptionalInput<Mask>(
    "mask", help: "The box around it is the part; of the picture's size. All of it without one.")
  static let exemplar = Input<Picture>("exemplar", help: "The exemplar, of any size.")
  static let report = Output<Report>("report", help: "similarity, at most 100.")
  static let inputs: [any StagePort] = [image, mask, exemplar]
  static let outputs: [any StagePort] = [report]

  struct Parameters: StageParameters {
    @ParameterGroup var network = StandaloneParameters(weights: "dino-vits16")
    @Parameter(
      help:
        "How both are brought to 224 by 224, bicubically: squash takes all of them, centre-crop the middle of a picture whose short edge is 256, as DINO's authors do."
    )
    var preprocessing = Preprocessing.squash
    @Parameter(help: "Grey that shows through transparent parts.", 0...255) var background = 255

    func conflict() -> ParameterConflict? { network.weights.conflict { try DINO(weightsAt: $0) } }
  }
  var parameters: Parameters

  enum Preprocessing: String, ParameterChoice {
    case squash
    case centreCrop = "centre-crop"
  }

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    var estimate = Estimate()
    let path = try parameters.network.weights.path
    try estimate.add(DINO(weightsAt: path), weights: path, parameters.network.compute)
    return estimate
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let path = try parameters.network.weights.path
    let (network, pictures) = try prepared(inputs, weightsAt: path, context.monitor)
    let tokens = try await parameters.network.encodings(of: pictures, by: network, context)
    let similarity = try finite(EncoderSimilarity.similarity(tokens[0], tokens[1]))
    return StageOutputs(Self.report, Report(json: ["similarity": .number(similarity)]))
  }

  // Not inlined: Swift 6.3's optimizer crashes on typed errors in a coroutine.
  @inline(never)
  private func prepared(
    _ inputs: StageInputs, weightsAt path: String, _ monitor: Monitor
  ) throws -> (DINO, [Tensor]) {
    let part = try inputs[Self.image].image.part(in: inputs[Self.mask]?.image, monitor)
    let network = try DINO(weightsAt: path)
    let pictures = try [part, inputs[Self.exemplar].image].map {
      try prepared($0, size: network.size, monitor)
    }
    return (network, pictures)
  }

  /// `[1, 3, size, size]`, normalised as ImageNet is.
  private func prepared(_ image: Image, size: Int, _ monitor: Monitor) throws -> Tensor {
    var preprocessing = ImagePreprocessing()
    preprocessing.shortEdge = 256
    preprocessing.cropSize = size
    preprocessing.mean = [0.485, 0.456, 0.406]
    preprocessing.standardDeviation = [0.229, 0.224, 0.225]
    return try image.exemplar(
      by: preprocessing, size: size, convention: parameters.preprocessing == .squash ? .authors : .diffusers,
      background: parameters.background, monitor)
  }
}
