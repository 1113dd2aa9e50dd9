import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Compares an exemplar with a part of a picture by CLIP.
struct MeasureCLIPScore: Stage {
  static let name = "measure.clip-score"
  static let summary = "Compares an exemplar with a part of a picture by CLIP: the CLIP score, 100 × cosine."
  static let discussion = """
    The CLIP score of Paint by Example (Yang et al. 2023, section 4.1): how like the exemplar the region is that was
    painted, by CLIP ViT-B/32. Both are squashed to CLIP's size. By the rule plain the region is the box around the
    mask, and it is resized as the exemplar is, bicubically. By the rule authors, in which the paper's figures were
    taken, the region is what the authors' program takes: from the first place of the mask that is full to the last one
    in the order of rows, without the last row and column, resized bilinearly and not rounded to levels. On the
    authors' graphics cards CLIP ran in half precision, so that the third digit may differ.
    """
  static let image = Input<Picture>("image", help: "The picture that holds the part.")
  static let mask = OptionalInput<Mask>(
    "mask", help: "What was painted; of the picture's size. All of it without one.")
  static let exemplar = Input<Picture>("exemplar", help: "The exemplar, of any size.")
  static let report = Output<Report>("report", help: "clipScore, at most 100.")
  static let inputs: [any StagePort] = [image, mask, exemplar]
  static let outputs: [any StagePort] = [report]

  struct Parameters: StageParameters {
    @ParameterGroup var network = StandaloneParameters(weights: "clip-vit-b-32")
    @Parameter(help: "Which region it is, and how it is resized.") var rule = Rule.plain
    @Parameter(help: "Grey that shows through transparent parts.", 0...255) var background = 255

    func conflict() -> ParameterConflict? {
      network.weights.conflict { try CLIPPictureEmbedding(weightsAt: $0) }
    }
  }
  var parameters: Parameters

  enum Rule: String, ParameterChoice {
    case plain, authors
  }

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    var estimate = Estimate()
    let path = try parameters.network.weights.path
    try estimate.add(CLIPPictureEmbedding(weightsAt: path), weights: path, parameters.network.compute)
    return estimate
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let path = try parameters.network.weights.path
    let (network, pictures) = try prepared(inputs, weightsAt: path, context.monitor)
    let embeddings = try await parameters.network.encodings(of: pictures, by: network, context)
    let score = try finite(EncoderSimilarity.similarity(embeddings[0], embeddings[1]))
    return StageOutputs(Self.report, Report(json: ["clipScore": .number(score)]))
  }

  // Not inlined: Swift 6.3's optimizer crashes on typed errors in a coroutine.
  @inline(never)
  private func prepared(
    _ inputs: StageInputs, weightsAt path: String, _ monitor: Monitor
  ) throws -> (CLIPPictureEmbedding, [Tensor]) {
    let network = try CLIPPictureEmbedding(weightsAt: path)
    let size = network.configuration.imageSize
    let region = try region(inputs[Self.image].image, inputs[Self.mask]?.image, size: size, monitor)
    let exemplar = try inputs[Self.exemplar].image.squashed(
      to: size, background: parameters.background, monitor)
    return (network, [region, exemplar])
  }

  /// The region as CLIP takes it.
  private func region(_ image: Image, _ mask: Image?, size: Int, _ monitor: Monitor) throws -> Tensor {
    guard parameters.rule == .authors else {
      return try image.part(in: mask, monitor).squashed(
        to: size, background: parameters.background, monitor)
    }
    let region = try mask.map { try authorsRegion(image, $0, monitor) } ?? image
    let (pixels, width, height) = try region.opaquePixels(background: parameters.background, monitor)
    return ImagePreprocessing().bilinear(pixels, width: width, height: height, size: size)
  }

  private func authorsRegion(_ image: Image, _ mask: Image, _ monitor: Monitor) throws -> Image {
    try checkSameSize(mask, "mask", image, "image")
    let levels = try evaluate(monitor) { try mask.pixels(as: UInt8.self, monitor: $0) }
    guard let first = levels.firstIndex(of: 255), let last = levels.lastIndex(of: 255) else {
      throw StageFailure(
        "the mask is full nowhere, where the authors' rule takes the region from",
        advice: "set rule to plain, or give a mask with full pixels")
    }
    let (left, top) = (first % mask.width, first / mask.width)
    let (width, height) = (last % mask.width - left, last / mask.width - top)
    guard width > 0, height > 0 else {
      throw StageFailure(
        "nothing is left of the mask's region without its last row and column, as the authors' rule takes it",
        advice: "set rule to plain")
    }
    return try image.cropped(x: left, y: top, width: width, height: height)
  }
}

extension Image {
  /// All of the picture at CLIP's size, bicubically as Pillow does it, `[1, 3, size, size]`, normalised.
  func squashed(to size: Int, background: Int, _ monitor: Monitor) throws -> Tensor {
    try exemplar(
      by: ImagePreprocessing(), size: size, convention: .authors, background: background, monitor)
  }
}
