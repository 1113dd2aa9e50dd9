import Imaging
import PipelineKit
import Training

/// The paper's strong augmentation of the reference.
struct AugmentReference: Stage {
  static let name = "reference.augment"
  static let version = 4
  static let summary =
    "Changes a reference at random as the paper does in training: flip, turn, blur, elastic warp."
  static let discussion = """
    The paper's A (Paint by Example, section 3.3), in the order of its code: resize to a square, flip, rotate, blur,
    elastic transform. Defaults are those of the library that the code uses: a turn with probability 0.5, and an
    elastic warp that moves three anchor points by up to 50 pixels and every pixel by a smooth random field.
    Pixels beyond the edge are reflected. What was drawn is in the report.
    """
  static let image = Input<Picture>("image", help: "The reference.")
  static let result = Output<Picture>("image", help: "The changed reference.")
  static let report = Output<Report>("report", help: "What was drawn.")
  static let inputs: [any StagePort] = [image]
  static let outputs: [any StagePort] = [result, report]

  struct Parameters: StageParameters {
    @Parameter(help: "Width and height it is resized to; null keeps its size.", 1...16384) var size: Int? =
      224
    @Parameter(help: "Probability of a horizontal flip.", 0...1) var flip = 0.5
    @Parameter(help: "Probability of a turn.", 0...1) var rotate = 0.5
    @Parameter(help: "The largest turn in degrees, either way.", 0...180) var degrees = 20.0
    @Parameter(help: "Probability of a blur.", 0...1) var blur = 0.3
    @Parameter(
      help: "The largest blur: side of the averaged square in pixels; odd sizes from 3 are drawn.", 3...99)
    var blurLimit = 7
    @Parameter(help: "Probability of an elastic warp.", 0...1) var elastic = 0.3
    @Parameter(help: "How far the warp moves its three anchor points, in pixels.", 0...1000)
    var elasticAnchors = 50.0
    @Parameter(help: "Strength of the smooth random field, in pixels before smoothing.", 0...100_000)
    var elasticStrength = 1.0
    @Parameter(help: "Smoothness of the field: deviation of its Gaussian in pixels.", 0.1...1000)
    var elasticSmoothness = 50.0
    @Parameter(help: "Fixes the random numbers.", 0...0x1p53) var seed = 321
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard let shape = inputs[Self.image], let bands = shape.sizes["bands"], let bits = shape.sizes["bits"],
      let width = parameters.size ?? shape.sizes["width"],
      let height = parameters.size ?? shape.sizes["height"]
    else { return Estimate() }
    let result = ValueShape.picture(
      width: width, height: height, bands: bands, bits: bits, space: "reference")
    return Estimate([(Self.result, result)], workingBytes: width * height * 16)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let augmentation = parameters.augmentation
    let choice = augmentation.choice(seed: parameters.seed)
    let image = try augmentation.applied(choice, to: inputs[Self.image].image)
    let result = try evaluate(context.monitor) { try image.inMemory(monitor: $0) }
    return StageOutputs(Self.result, Picture(result)).with(Self.report, Report(json: choice.json))
  }
}

extension AugmentReference.Parameters {
  fileprivate var augmentation: ReferenceAugmentation {
    var augmentation = ReferenceAugmentation()
    augmentation.size = size
    augmentation.flip = flip
    augmentation.rotate = rotate
    augmentation.degrees = degrees
    augmentation.blur = blur
    augmentation.blurLimit = blurLimit
    augmentation.elastic = elastic
    augmentation.elasticAnchors = elasticAnchors
    augmentation.elasticStrength = elasticStrength
    augmentation.elasticSmoothness = elasticSmoothness
    return augmentation
  }
}
