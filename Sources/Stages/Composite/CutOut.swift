import Imaging
import PipelineKit

/// Makes everything outside a mask transparent.
struct CutOut: Stage {
  static let name = "image.cutout"
  static let summary = "Makes a picture transparent outside a mask, and crops it to what is left."
  static let image = Input<Picture>("image", help: "The picture.")
  static let mask = OptionalInput<Mask>(
    "mask",
    help:
      "What stays, of the same size; soft edges become half transparent. Without one the picture stays as it is."
  )
  static let result = Output<Picture>("image", help: "The object with its opacity.")
  static let inputs: [any StagePort] = [image, mask]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @Parameter(help: "Crop to what is not transparent.") var crop = true
  }
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let image = try inputs[Self.image].image
    guard let mask = try inputs[Self.mask]?.image else { return StageOutputs(Self.result, Picture(image)) }
    try checkSameSize(mask, "mask", image, "image")
    let shown = try image.alpha().map { try mask.minimum($0.rescaled(to: .uint8)) } ?? mask
    let cut = try image.withoutAlpha().withAlpha(shown.rescaled(to: image.format))
    guard parameters.crop else { return StageOutputs(Self.result, Picture(cut)) }
    guard let box = try evaluate(context.monitor, { try shown.boundsOfNonzero(monitor: $0) }) else {
      throw emptyMask
    }
    return StageOutputs(
      Self.result, Picture(try cut.cropped(x: box.x, y: box.y, width: box.width, height: box.height)))
  }
}
