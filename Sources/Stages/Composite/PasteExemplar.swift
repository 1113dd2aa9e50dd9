import Imaging
import PipelineKit

/// The classical baseline: the exemplar fitted into the mask.
struct PasteExemplar: Stage {
  static let name = "exemplar.paste"
  static let version = 2
  static let summary = "Fits an exemplar into the mask: the copy-and-paste baseline."
  static let discussion = "The exemplar takes the scene's colours and depth. \(greyHelp)"
  static let scene = Input<Picture>("scene", help: "The picture.")
  static let exemplar = Input<Picture>(
    "exemplar", help: "The object; where it is transparent (image.cutout), the scene stays.")
  static let mask = Input<Mask>("mask", help: "Where it goes, of the scene's size.")
  static let result = Output<Picture>("image", help: "The scene with the exemplar over it.")
  static let covered = Output<Mask>(
    "mask", help: "The part of the mask that the exemplar covers, be it but half transparent.")
  static let object = Output<Picture>(
    "object",
    help:
      "The exemplar alone in its place, transparent around it: what to match and blend, so that the scene has no part in it."
  )
  static let inputs: [any StagePort] = [scene, exemplar, mask]
  static let outputs: [any StagePort] = [result, covered, object]

  enum FitMode: String, ParameterChoice {
    case contain, cover, stretch
    var fitting: Fitting { Fitting(rawValue: rawValue)! }
  }

  struct Parameters: StageParameters {
    @Parameter(help: "contain shows all of the exemplar, cover fills the mask's box, stretch does both.")
    var fit = FitMode.cover
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate([(Self.result, inputs[Self.scene]), (Self.covered, inputs[Self.mask])])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let scene = try inputs[Self.scene].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", scene, "scene")
    let pasted = try evaluate(context.monitor) {
      try scene.pasting(inputs[Self.exemplar].image, into: mask, parameters.fit.fitting, monitor: $0)
    }
    guard let pasted else { throw emptyMask }
    return StageOutputs(Self.result, Picture(pasted.image)).with(Self.covered, try Mask(pasted.covered))
      .with(Self.object, Picture(pasted.object))
  }
}
