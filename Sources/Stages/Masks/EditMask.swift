import Imaging
import PipelineKit

/// Changes a mask: rid of what is faint, combined with another, inverted, filled, grown or shrunk, its edge made soft, in
/// that order.
struct EditMask: Stage {
  static let name = "mask.edit"
  static let version = 2
  static let summary =
    "Cuts off what is faint in a mask, combines, inverts, fills, grows or shrinks, and softens it, in that order."
  static let mask = Input<Mask>("mask", help: "The mask.")
  static let other = OptionalInput<Mask>("other", help: "The mask to combine it with, of the same size.")
  static let result = Output<Mask>("mask", help: "The changed mask.")
  static let inputs: [any StagePort] = [mask, other]
  static let outputs: [any StagePort] = [result]

  enum Combine: String, ParameterChoice { case union, intersect, subtract, difference }
  enum Fill: String, ParameterChoice { case none, holes, box }
  enum Side: String, ParameterChoice {
    case both, inside, outside
    var side: FeatherSide { FeatherSide(rawValue: rawValue)! }
  }

  struct Parameters: StageParameters {
    @Parameter(help: "What is fainter than this becomes 0: the high-pass of crop-and-stitch.", 0...1)
    var floor = 0.0
    @Parameter(
      help: "How the other mask is combined: marked in either, in both, in the first alone, in just one.")
    var combine = Combine.union
    @Parameter(help: "Swap what may be changed and what may not.") var invert = false
    @Parameter(
      help:
        "holes fills what the mask surrounds and does not reach the picture's edge, box the box around all that is marked."
    )
    var fill = Fill.none
    @Parameter(help: "Pixels to grow by; below 0 the mask shrinks.", -10_000...10_000) var grow = 0.0
    @Parameter(
      help:
        "Width in pixels of the soft edge, which lies where the mask passes one half; less inside thin parts, whose middle stays full.",
      0...10_000)
    var feather = 0.0
    @Parameter(
      help: "Where the soft edge lies: inside leaves what was 0 at 0, outside leaves what was 1 at 1.")
    var side = Side.both
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    // Distances are computed as whole numbers of 8 bytes for each pixel, twice.
    Estimate([(Self.result, inputs[Self.mask])], workingBytes: (inputs[Self.mask]?.bytes ?? 0) * 20)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    var mask = try inputs[Self.mask].image
    if parameters.floor > 0 { mask = try mask.minimum(mask.mask(threshold: parameters.floor)) }
    if let other = try inputs[Self.other]?.image { mask = try combined(mask, other) }
    if parameters.invert { mask = try mask.inverted() }
    let result = try evaluate(context.monitor) { monitor in
      switch parameters.fill {
      case .none: break
      case .holes: mask = try mask.holesFilled(monitor: monitor)
      case .box: mask = try mask.boxFilled(monitor: monitor)
      }
      if parameters.grow > 0 { mask = try mask.dilated(radius: parameters.grow, monitor: monitor) }
      if parameters.grow < 0 { mask = try mask.eroded(radius: -parameters.grow, monitor: monitor) }
      return try mask.feathered(width: parameters.feather, parameters.side.side, monitor: monitor)
        .inMemory(monitor: monitor)
    }
    return StageOutputs(Self.result, try Mask(result))
  }

  private func combined(_ first: Image, _ second: Image) throws -> Image {
    guard (first.width, first.height) == (second.width, second.height) else {
      throw StageFailure(
        "the masks differ in size: \(first.sizeDescription) and \(second.sizeDescription)",
        advice: "masks of one picture have its size")
    }
    switch parameters.combine {
    case .union: return try first.maximum(second)
    case .intersect: return try first.minimum(second)
    case .subtract: return try first.minimum(second.inverted())
    case .difference: return try first.difference(from: second).cast(to: .uint8)
    }
  }
}
