import Imaging
import PipelineKit

/// One of the separate parts of a mask.
struct MaskPart: Stage {
  static let name = "mask.part"
  static let summary = "Takes one of a mask's separate parts: the largest, the second …"
  static let discussion = """
    A part is all that touches, also at corners, whatever its value above 0. Parts are ordered by how many pixels they
    have, equal ones by their first pixel, row after row. So several holes in one mask are worked on one by one, each
    with a crop of its own: `Pipelines/several-holes.json` does it with two.
    """
  static let mask = Input<Mask>("mask", help: "The mask.")
  static let part = Output<Mask>("mask", help: "The part alone, with the mask's values.")
  static let rest = Output<Mask>("rest", help: "The mask without the part; empty when it was the only one.")
  static let inputs: [any StagePort] = [mask]
  static let outputs: [any StagePort] = [part, rest]

  struct Parameters: StageParameters {
    @Parameter(help: "Which part; 1 is the largest.", 1...1_000_000) var index = 1
    @Parameter(help: "A mask of fewer parts is an error.", 1...1_000_000) var atLeast = 1
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    // A label of 4 bytes for each pixel, twice while they are numbered.
    let mask = inputs[Self.mask]
    return Estimate([(Self.part, mask), (Self.rest, mask)], workingBytes: (mask?.bytes ?? 0) * 12)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let parts = try evaluate(context.monitor) { try inputs[Self.mask].image.parts(monitor: $0) }
    guard parts.count > 0 else { throw emptyMask }
    let needed = max(parameters.index, parameters.atLeast)
    guard needed <= parts.count else {
      throw StageFailure(
        "the mask has \(parts.count == 1 ? "1 part" : "\(parts.count) separate parts"), not \(needed)",
        advice: "a part is what touches; set a smaller \"index\" or \"atLeast\", or use a mask of more parts")
    }
    let (part, rest) = try parts.part(parameters.index - 1)
    return StageOutputs(Self.part, try Mask(part)).with(Self.rest, try Mask(rest))
  }
}
