import Imaging
import PipelineKit
import Training

/// Puts one colour into a mask.
struct FillMask: Stage {
  static let name = "image.fill"
  static let summary = "Puts one colour into a mask: the scene with a hole, as a model is trained on it."
  static let image = Input<Picture>("image", help: "The picture.")
  static let mask = Input<Mask>("mask", help: "Where the colour goes, of the same size; soft edges mix.")
  static let result = Output<Picture>("image", help: "The picture with the colour in it.")
  static let inputs: [any StagePort] = [image, mask]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @Parameter(
      help: "One value for each colour band, or one for all, in the picture's depth.", 0...65535,
      count: Bounds(minimum: 1, maximum: 4))
    var colour: [Double] = [Pair.holeGrey]
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate { Estimate([(Self.result, inputs[Self.image])]) }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let image = try inputs[Self.image].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", image, "image")
    guard [1, image.colourBands].contains(parameters.colour.count) else {
      throw StageFailure(
        "the colour has \(parameters.colour.count) values, the picture \(image.colourBands) colour bands",
        advice: "give one value, or one for each band")
    }
    let filled = try image.filled(with: parameters.colour, through: mask)
    return StageOutputs(Self.result, Picture(filled))
  }
}
