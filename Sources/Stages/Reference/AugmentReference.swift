import Imaging
import PipelineKit

/// The paper's strong augmentation of the reference.
struct AugmentReference: Stage {
  static let name = "reference.augment"
  static let summary =
    "Changes a reference at random as the paper does in training: flip, turn, blur, elastic warp."
  static let discussion = """
    The paper's A (Paint by Example, section 3.3), in the order of its code: resize to a square, flip, rotate, blur,
    elastic transform. Defaults are those of the library that the code uses: a turn with probability 0.5, and an
    elastic warp that moves three anchor points by up to 50 pixels and every pixel by a smooth random field.
    Pixels beyond the edge are mirrored. What was drawn is in the report.
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
    let draw = Draw(parameters)
    var image = try inputs[Self.image].image
    if let size = parameters.size { image = try image.resized(width: size, height: size, kernel: .linear) }
    if draw.flips { image = try image.flipped(.horizontal) }
    if let degrees = draw.degrees {
      image = try image.warped(by: Warp(width: image.width, height: image.height).rotated(degrees: degrees))
    }
    if let size = draw.blurSize { image = try image.boxBlurred(size: size) }
    if draw.isElastic { image = try image.warped(by: elasticWarp(width: image.width, height: image.height)) }
    let result = try evaluate(context.monitor) { try image.inMemory(monitor: $0) }
    return StageOutputs(Self.result, Picture(result)).with(Self.report, Report(json: draw.json))
  }

  /// What chance decides. Each decision has a stream of its own, so that changing one probability leaves the rest.
  private struct Draw {
    var flips: Bool
    var degrees: Double?
    var blurSize: Int?
    var isElastic: Bool

    init(_ parameters: Parameters) {
      var flip = SeededGenerator(seed: parameters.seed, stream: "flip")
      var turn = SeededGenerator(seed: parameters.seed, stream: "rotate")
      var blur = SeededGenerator(seed: parameters.seed, stream: "blur")
      var elastic = SeededGenerator(seed: parameters.seed, stream: "elastic")
      flips = flip.uniform() < parameters.flip
      degrees =
        turn.uniform() < parameters.rotate ? turn.uniform(-parameters.degrees...parameters.degrees) : nil
      let sizes = (parameters.blurLimit - 1) / 2
      blurSize = blur.uniform() < parameters.blur ? 3 + 2 * Int(blur.uniform() * Double(sizes)) : nil
      isElastic = elastic.uniform() < parameters.elastic
    }

    var json: JSONValue {
      [
        "flip": .bool(flips), "degrees": degrees.map { .number($0) } ?? .null,
        "blur": blurSize.map { JSONValue($0) } ?? .null, "elastic": .bool(isElastic),
      ]
    }
  }

  private func elasticWarp(width: Int, height: Int) throws -> Warp {
    var anchors = SeededGenerator(seed: parameters.seed, stream: "anchors")
    let reach = Double(min(width, height) / 3)
    let (x, y) = (Double(width / 2), Double(height / 2))
    let places = [
      Point(x: x + reach, y: y + reach), Point(x: x + reach, y: y - reach), Point(x: x - reach, y: y - reach),
    ]
    let shift = -parameters.elasticAnchors...parameters.elasticAnchors
    let moved = places.map { Point(x: $0.x + anchors.uniform(shift), y: $0.y + anchors.uniform(shift)) }
    let still = Warp(width: width, height: height)
    // Anchors that fall on one line would flatten the picture; then only the field is applied.
    return try (still.affine(from: places, to: moved) ?? still).shifted(
      by: field(width: width, height: height))
  }

  private func field(width: Int, height: Int) throws -> [Float] {
    var random = SeededGenerator(seed: parameters.seed, stream: "field")
    let noise = (0..<width * height * 2).map { _ in Float(random.uniform(-1...1)) }
    let smooth = try Image(pixels: noise, width: width, height: height, bands: 2, interpretation: .multiband)
      .blurred(sigma: parameters.elasticSmoothness).linear(parameters.elasticStrength, 0)
    return try smooth.cast(to: .float).pixels(as: Float.self)
  }
}
