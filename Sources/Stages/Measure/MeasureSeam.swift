import Imaging
import PipelineKit

/// Measures how visible a mask's rim is in a picture.
struct MeasureSeam: Stage {
  static let name = "measure.seam"
  static let summary =
    "Measures how far a mask's rim stands out in a picture: about 1 where it does not, more where it does."
  static let discussion = """
    Colours jump across the rim, and also beside it, in the same direction, where only the picture itself makes them
    jump: visibility is the one over the other (after Wu and Yuen 1997, who measure blocking so). An untouched picture
    has about 1 along any mask, a hard paste several times that. `distance` 1 finds sharp seams; a larger one also finds
    seams that were softened over that many pixels. What it cannot find is a patch of another brightness whose rim is
    softer than that. What is transparent shows mid-grey.
    """
  static let image = Input<Picture>("image", help: "The picture.")
  static let mask = Input<Mask>(
    "mask", help: "Its rim is measured; of the same size. Inside is at least one half.")
  static let report = Output<Report>(
    "report",
    help: "visibility; and the mean jumps it comes from, in ΔE: across the rim, inside it, outside it.")
  static let inputs: [any StagePort] = [image, mask]
  static let outputs: [any StagePort] = [report]

  struct Parameters: StageParameters {
    @Parameter(help: "Pixels from one side of a jump to the other.", 1...64) var distance = 1
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  static let checkedInputs: [any StagePort]? = [mask]

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    let mask = try inputs[Self.mask].image
    let plain = try Image.filled(width: mask.width, height: mask.height, colour: [0])
    _ = try seam(of: plain, along: mask, context)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let (image, mask) = (try inputs[Self.image].image, try inputs[Self.mask].image)
    try checkSameSize(mask, "mask", image, "image")
    let seam = try seam(of: image, along: mask, context)
    return StageOutputs(
      Self.report,
      Report(json: [
        "visibility": .number(seam.visibility), "across": .number(seam.across),
        "inside": .number(seam.inside),
        "outside": .number(seam.outside),
      ]))
  }

  private func seam(of image: Image, along mask: Image, _ context: StageContext) throws -> Seam {
    let seam = try evaluate(context.monitor) {
      try Seam(of: image, along: mask, distance: parameters.distance, monitor: $0)
    }
    guard let seam else {
      throw StageFailure(
        "the mask has no rim in the picture with \(3 * parameters.distance) pixels on either side to compare with",
        advice: "use a mask that is larger and does not fill the picture, or a smaller distance")
    }
    return seam
  }
}
