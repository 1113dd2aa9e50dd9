import Imaging
import PipelineKit

/// Blends one picture into another within a mask.
struct Blend: Stage {
  static let name = "image.blend"
  static let version = 3
  static let summary = "Blends a picture into another within a mask; outside it not a bit changes."
  static let discussion = """
    hard mixes by the mask as it is. feather makes the mask soft inwards first. multiband mixes coarse structures softly
    and fine ones sharply (after Burt and Adelson 1983). poisson keeps the differences between neighbouring pixels and
    meets the base's colours at the edge (Pérez et al. 2003), so the mask must leave some of the base. A feather or
    multiband seam is no wider than the mask is deep: in the middle of thin parts the other picture stands in full.
    What either picture hides under transparency plays no part.

    The picture takes the base's colours and depth. \(greyHelp)
    """
  static let base = Input<Picture>("base", help: "The picture that is painted on.")
  static let over = Input<Picture>("over", help: "The picture that is painted, of the same size.")
  static let mask = Input<Mask>("mask", help: "Where, of the same size.")
  static let result = Output<Picture>(
    "image", help: "The base with the other picture in it; depth, colours and opacity are the base's.")
  static let inputs: [any StagePort] = [base, over, mask]
  static let outputs: [any StagePort] = [result]

  enum Mode: String, ParameterChoice { case hard, feather, multiband, poisson }
  enum Gradients: String, ParameterChoice { case over, mixed }

  struct Parameters: StageParameters {
    @Parameter(help: "How the seam is hidden.") var mode = Mode.feather
    @Parameter(help: "feather: pixels over which the mask rises, inwards from its edge.", 0...4096)
    var feather = 6.0
    @Parameter(
      help: "multiband: how many octaves are blended apart; null takes what the mask's depth allows.", 1...12)
    var levels: Int? = nil
    @Parameter(help: "poisson: whose differences are kept; mixed takes the larger at each place.")
    var gradients = Gradients.over
  }
  var parameters: Parameters

  var effort: Effort {
    switch parameters.mode {
    case .hard, .feather: .light
    case .multiband, .poisson: .compute
    }
  }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let floats = (inputs[Self.base]?.sizes["width"] ?? 0) * (inputs[Self.base]?.sizes["height"] ?? 0) * 4
    return Estimate([(Self.result, inputs[Self.base])], workingBytes: effort == .light ? 0 : floats * 16)
  }

  static let checkedInputs: [any StagePort]? = [base, mask]

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", inputs[Self.base].image, "base")
    let values = try evaluate(context.monitor) { try mask.statistics(monitor: $0).overall }
    guard values.maximum > 0 else { throw emptyMask }
    guard parameters.mode == .poisson else { return }
    guard values.minimum == 0 else {
      throw StageFailure(
        "the mask covers the whole picture, so poisson has no colours of the base to meet",
        advice: "use a mask that leaves some of the base, or another mode")
    }
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let base = try inputs[Self.base].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(inputs[Self.over].image, "over", base, "base")
    try await check(inputs, context)
    let over = try inputs[Self.over].image.conformed(to: base)
    let result = try evaluate(context.monitor) { monitor in
      switch parameters.mode {
      case .hard: return try base.painted(with: over, through: mask)
      case .feather:
        let soft = try mask.featheredInwards(width: parameters.feather, monitor: monitor)
        return try base.painted(with: over, through: soft)
      case .multiband, .poisson: return try merged(base, over, mask, monitor).inMemory(monitor: monitor)
      }
    }
    return StageOutputs(Self.result, Picture(result))
  }

  private func merged(_ base: Image, _ over: Image, _ mask: Image, _ monitor: EvaluationMonitor) throws
    -> Image
  {
    if parameters.mode == .multiband {
      return try base.mergedMultiband(
        with: over, through: mask, levels: parameters.levels, monitor: monitor)
    }
    let gradients: BlendGradients = parameters.gradients == .mixed ? .mixed : .over
    return try base.mergedPoisson(with: over, through: mask, gradients: gradients, monitor: monitor)
  }
}
