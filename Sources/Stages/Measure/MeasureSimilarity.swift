import Imaging
import PipelineKit

/// Compares an exemplar with a part of a picture by plain statistics.
struct MeasureSimilarity: Stage {
  static let name = "measure.similarity"
  static let version = 2
  static let summary = "Compares an exemplar with a part of a picture by colours and edges: nothing learnt."
  static let discussion = """
    colourDistance is the sliced Wasserstein distance of the colours in CIE Lab, in ΔE: 0 for the same colours in the
    same shares, 2 just seen, about 100 for black against white. edgeSimilarity is the correlation of histograms of
    gradient directions in 4×4 cells (Dalal and Triggs 2005): 1 for the same edges in the same places, about 0 for edges
    that have nothing to do with each other, null where neither has any; size, proportions and contrast are no matter.
    Transparent parts and what lies outside the masks do not count.
    """
  static let image = Input<Picture>("image", help: "The picture that holds the part.")
  static let mask = OptionalInput<Mask>(
    "mask", help: "The part, of the picture's size; all of it without one.")
  static let exemplar = Input<Picture>("exemplar", help: "The exemplar, of any size.")
  static let exemplarMask = OptionalInput<Mask>(
    "exemplarMask", help: "Where the object is in the exemplar, of its size; all of it without one.")
  static let report = Output<Report>("report", help: "colourDistance and edgeSimilarity.")
  static let inputs: [any StagePort] = [image, mask, exemplar, exemplarMask]
  static let outputs: [any StagePort] = [report]

  var parameters: NoParameters

  var effort: Effort { .compute }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let part = try Self.statistics(
      inputs[Self.image].image, "image", inputs[Self.mask]?.image, "mask", context.monitor)
    let exemplar = try Self.statistics(
      inputs[Self.exemplar].image, "exemplar", inputs[Self.exemplarMask]?.image, "exemplarMask",
      context.monitor)
    return StageOutputs(
      Self.report,
      Report(json: [
        "colourDistance": .number(part.colours.distance(to: exemplar.colours)),
        "edgeSimilarity": part.edges.similarity(to: exemplar.edges).map { .number($0) } ?? .null,
      ]))
  }

  private static func statistics(
    _ image: Image, _ name: String, _ mask: Image?, _ maskName: String, _ monitor: Monitor
  ) throws -> (colours: ColourDistribution, edges: EdgeHistograms) {
    if let mask { try checkSameSize(mask, maskName, image, name) }
    return try evaluate(monitor) { monitor in
      guard let colours = try ColourDistribution(of: image, within: mask, monitor: monitor),
        let edges = try EdgeHistograms(of: image, within: mask, monitor: monitor)
      else {
        throw StageFailure(
          "nothing of '\(name)' counts: it is transparent, or masked away", advice: "check its mask")
      }
      return (colours, edges)
    }
  }
}
