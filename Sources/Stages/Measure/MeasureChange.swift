import Imaging
import PipelineKit

/// Measures what changed between two pictures, inside and outside a mask.
struct MeasureChange: Stage {
  static let name = "measure.change"
  static let summary = "Counts the pixels that differ inside and outside a mask, and the largest difference."
  static let before = Input<Picture>("before", help: "The picture as it was.")
  static let after = Input<Picture>("after", help: "The picture as it is, of the same size and depth.")
  static let mask = Input<Mask>("mask", help: "Inside is where it is not 0.")
  static let report = Output<Report>(
    "report", help: "For inside and outside: changed, total, largest; and the depth.")
  static let inputs: [any StagePort] = [before, after, mask]
  static let outputs: [any StagePort] = [report]

  var parameters: NoParameters

  var effort: Effort { .compute }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let before = try inputs[Self.before].image
    let after = try inputs[Self.after].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(after, "after", before, "before")
    try checkSameSize(mask, "mask", before, "before")
    guard (before.bands, before.format) == (after.bands, after.format) else {
      throw StageFailure(
        "'before' is \(before), 'after' is \(after): they cannot be compared value by value",
        advice: "bring them to the same bands and depth")
    }
    let difference = try Self.largestOverBands(after.difference(from: before))
    let inside = try mask.compared(.notEqual, to: 0)
    return try evaluate(context.monitor) { monitor in
      let insideReport = try Self.measure(difference, within: inside, monitor)
      let outsideReport = try Self.measure(difference, within: inside.inverted(), monitor)
      return StageOutputs(
        Self.report,
        Report(json: [
          "inside": insideReport, "outside": outsideReport, "bits": JSONValue(before.format.byteCount * 8),
          "outsideIsIdentical": .bool(outsideReport["changed"]?.integer == 0),
        ]))
    }
  }

  private static func largestOverBands(_ image: Image) throws -> Image {
    let bands = try image.separated()
    return try bands.dropFirst().reduce(bands[0]) { try $0.maximum($1) }
  }

  private static func measure(_ difference: Image, within mask: Image, _ monitor: EvaluationMonitor) throws
    -> JSONValue
  {
    let none = try Image.filled(
      width: mask.width, height: mask.height, colour: [0], format: difference.format,
      interpretation: .multiband)
    let seen = try mask.choosing(difference.tagged(as: .multiband), else: none)
    let changed = try seen.compared(.greater, to: 0).statistics(monitor: monitor).overall.sum / 255
    let total = try mask.statistics(monitor: monitor).overall.sum / 255
    let largest = try seen.statistics(monitor: monitor).overall.maximum
    return [
      "changed": .number(changed.rounded()), "total": .number(total.rounded()), "largest": .number(largest),
    ]
  }
}
