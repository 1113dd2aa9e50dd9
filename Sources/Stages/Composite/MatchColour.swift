import Imaging
import PipelineKit

/// Moves a picture's colours to those of the scene.
struct MatchColour: Stage {
  static let name = "image.match-color"
  static let version = 2
  static let summary = "Moves a picture's colours to the scene's, by mean and deviation in Lab."
  static let discussion = """
    Reinhard et al., "Color Transfer between Images" (2001). What is compared: for a picture that a model has decoded,
    both are measured on the unmasked rim, where they should agree (`measure`: rim); for an object that was pasted, it
    is measured inside the mask (inside). Colours count by their opacity. Strength 0 measures nothing.
    """
  static let image = Input<Picture>("image", help: "The picture to change, of the scene's size.")
  static let reference = Input<Picture>("reference", help: "The scene.")
  static let mask = Input<Mask>("mask", help: "The mask the rim is taken around.")
  static let result = Output<Picture>("image", help: "The changed picture.")
  static let inputs: [any StagePort] = [image, reference, mask]
  static let outputs: [any StagePort] = [result]

  enum Part: String, ParameterChoice { case rim, inside, whole }
  enum Target: String, ParameterChoice { case rim, whole }

  struct Parameters: StageParameters {
    @Parameter(help: "Where the picture is measured.") var measure = Part.rim
    @Parameter(help: "Where the scene is measured.") var target = Target.rim
    @Parameter(help: "Width in pixels of the rim around the mask.", 1...4096) var rim = 32
    @Parameter(help: "0 changes nothing, 1 moves all the way.", 0...1) var strength = 1.0
    @Parameter(help: "The most that contrast is raised or, inverted, lowered.", 1...100) var maximumGain = 1.5
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate { Estimate([(Self.result, inputs[Self.image])]) }

  static let checkedInputs: [any StagePort]? = [reference, mask]

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", inputs[Self.reference].image, "reference")
    guard parameters.strength > 0 else { return }
    try evaluate(context.monitor) { monitor in
      guard let rim = try rim(around: mask, monitor) else { throw emptyMask }
      guard parameters.measure == .rim || parameters.target == .rim else { return }
      guard try rim.boundsOfNonzero(monitor: monitor) != nil else { throw noRim }
    }
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let image = try inputs[Self.image].image
    let scene = try inputs[Self.reference].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(image, "image", scene, "reference")
    try checkSameSize(mask, "mask", scene, "reference")
    guard parameters.strength > 0 else { return StageOutputs(Self.result, Picture(image)) }
    let result = try evaluate(context.monitor) { monitor in
      guard let rim = try rim(around: mask, monitor) else { throw emptyMask }
      let whole = try Image.filled(width: mask.width, height: mask.height, colour: [255])
      let sourceMask =
        switch parameters.measure {
        case .rim: rim
        case .inside: mask
        case .whole: whole
        }
      guard let source = try ColourStatistics(of: image, within: sourceMask, monitor: monitor),
        let target = try ColourStatistics(
          of: scene, within: parameters.target == .rim ? rim : whole, monitor: monitor)
      else {
        throw noRim
      }
      return try image.recoloured(
        from: source, to: target, strength: parameters.strength, maximumGain: parameters.maximumGain)
    }
    return StageOutputs(Self.result, Picture(result))
  }

  private var noRim: StageFailure {
    StageFailure(
      "the mask leaves no rim to measure colours on",
      advice:
        "use a mask that does not fill the picture, set \"target\" and \"measure\" to \"whole\", or \"strength\" to 0, which leaves the colours as they are"
    )
  }

  /// 255 outside the mask and at most `rim` pixels from it; nil for an empty mask.
  private func rim(around mask: Image, _ monitor: EvaluationMonitor) throws -> Image? {
    guard let box = try mask.boundsOfNonzero(monitor: monitor) else { return nil }
    let margin = parameters.rim + 1
    let (left, top) = (max(0, box.x - margin), max(0, box.y - margin))
    let width = min(mask.width, box.x + box.width + margin) - left
    let height = min(mask.height, box.y + box.height + margin) - top
    let part = try mask.cropped(x: left, y: top, width: width, height: height)
    let grown = try part.compared(.notEqual, to: 0).dilated(radius: Double(parameters.rim), monitor: monitor)
    let ring = try grown.minimum(part.compared(.equal, to: 0))
    return try ring.tagged(as: .grey).embedded(x: left, y: top, width: mask.width, height: mask.height)
  }
}
