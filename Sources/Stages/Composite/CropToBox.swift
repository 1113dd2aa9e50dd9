import Imaging
import PipelineKit
import Training

/// Cuts out a box.
struct CropToBox: Stage {
  static let name = "image.crop"
  static let summary = "Cuts out a box with some pixels around it, as far as the picture reaches."
  static let discussion = """
    With `padding` 10 this cuts out a training reference as the paper does (Paint by Example, section 3.3).
    """
  static let image = Input<Picture>("image", help: "The picture.")
  static let result = Output<Picture>("image", help: "The part in the box.")
  static let inputs: [any StagePort] = [image, GivenBox.input]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @Parameter(help: GivenBox.help, -1_000_000...1_000_000, count: Bounds(minimum: 4, maximum: 4))
    var box: [Int]? = nil
    @Parameter(help: "Pixels around the box that are cut out with it.", 0...1_000_000) var padding = 0
  }
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let image = try inputs[Self.image].image
    let canvas = Canvas(width: image.width, height: image.height)
    let box = try canvas.checked(GivenBox.box(inputs[GivenBox.input], parameters.box)).clipped(to: canvas)
    let part = PixelBox(box).padded(by: parameters.padding, within: PixelSize(image.width, image.height))
    return StageOutputs(
      Self.result, Picture(try image.cropped(x: part.x, y: part.y, width: part.width, height: part.height)))
  }
}
