import Imaging
import PipelineKit

/// Measures how far two pictures' colours lie apart.
struct MeasureColourDifference: Stage {
  static let name = "measure.colour-difference"
  static let summary = "Measures how far the colours of two pictures lie apart, pixel by pixel, in ΔE."
  static let discussion = """
    cie76 is the distance in CIE L*a*b*, ciede2000 the formula of 2000, nearer to what eyes see: about 1 is just seen,
    100 is black against white. For the whole picture and, with a mask, inside and outside of it; null where there are
    no pixels. What is transparent shows mid-grey.
    """
  static let before = Input<Picture>("before", help: "One picture.")
  static let after = Input<Picture>("after", help: "The other, of the same size.")
  static let mask = OptionalInput<Mask>("mask", help: "Inside is where it is not 0; of the same size.")
  static let report = Output<Report>(
    "report", help: "For whole, inside and outside, by cie76 and ciede2000: mean, median and largest ΔE.")
  static let inputs: [any StagePort] = [before, after, mask]
  static let outputs: [any StagePort] = [report]

  var parameters: NoParameters

  var effort: Effort { .compute }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let (before, after) = (try inputs[Self.before].image, try inputs[Self.after].image)
    try checkSameSize(after, "after", before, "before")
    let mask = try inputs[Self.mask]?.image
    if let mask { try checkSameSize(mask, "mask", before, "before") }
    return try evaluate(context.monitor) { monitor in
      let marks = try mask.map { try $0.pixels(as: UInt8.self, monitor: monitor) }
      var regions: [String: [String: JSONValue]] = [:]
      for formula in ColourDifference.Formula.allCases {
        let difference = try ColourDifference(of: after, to: before, by: formula, monitor: monitor)
        func add(_ region: String, _ counts: (Int) -> Bool) {
          let summary = difference.summary(where: counts)
          regions[region, default: [:]][formula.rawValue] =
            summary.map {
              ["mean": .number($0.mean), "median": .number($0.median), "largest": .number($0.largest)]
            } ?? .null
        }
        add("whole") { _ in true }
        if let marks {
          add("inside") { marks[$0] != 0 }
          add("outside") { marks[$0] == 0 }
        }
      }
      return StageOutputs(Self.report, Report(json: .object(regions.mapValues { .object($0) })))
    }
  }
}
