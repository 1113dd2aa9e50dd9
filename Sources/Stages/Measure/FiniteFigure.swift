import PipelineKit

/// A figure that a network's values come to, for a report.
///
/// - Parameter source: what gave the values, as the error names it.
/// - Throws: `StageFailure` for what is no finite number, as narrow arithmetic may give.
func finite(_ figure: Double, from source: String = "the network") throws -> Double {
  guard figure.isFinite else {
    throw StageFailure("\(source) gives values that are no finite numbers", advice: "set precision to f32")
  }
  return figure
}
