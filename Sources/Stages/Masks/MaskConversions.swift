import Imaging
import PipelineKit

/// A mask as a picture.
struct MaskToImage: Stage {
  static let name = "mask.to-image"
  static let summary = "Makes a grey picture of a mask."
  static let isConversion = true
  static let mask = Input<Mask>("mask", help: "The mask.")
  static let image = Output<Picture>("image", help: "White where the mask is 1.")
  static let inputs: [any StagePort] = [mask]
  static let outputs: [any StagePort] = [image]

  var parameters: NoParameters

  func estimate(_ inputs: StageShapes) throws -> Estimate { Estimate([(Self.image, inputs[Self.mask])]) }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    StageOutputs(Self.image, Picture(try inputs[Self.mask].image))
  }
}

/// A picture as a mask.
struct ImageToMask: Stage {
  static let name = "image.to-mask"
  static let version = 2
  static let summary = "Makes a mask of a picture's brightness or opacity."
  static let discussion = MaskChannel.discussion
  static let isConversion = true
  static let image = Input<Picture>("image", help: "The picture.")
  static let mask = Output<Mask>("mask", help: "The mask.")
  static let inputs: [any StagePort] = [image]
  static let outputs: [any StagePort] = [mask]

  struct Parameters: StageParameters {
    @Parameter(help: "What of the picture is the mask.") var channel = MaskChannel.auto
    @Parameter(
      help: "Values of at least this become 1, others 0; of 0, all above 0; null keeps soft edges.", 0...1)
    var threshold: Double? = nil
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard let sizes = inputs[Self.image]?.sizes, let width = sizes["width"], let height = sizes["height"]
    else { return Estimate() }
    return Estimate([(Self.mask, .mask(width: width, height: height))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let marks = try parameters.channel.marks(
      in: inputs[Self.image].image, inversion: "mask.edit's \"invert\" after it")
    return StageOutputs(Self.mask, try Mask(marks.mask(threshold: parameters.threshold)))
  }
}
