/// How far the colours of two pictures lie apart, pixel by pixel.
package struct ColourDifference {
  /// ΔE of each pixel, row after row.
  private let steps: [Float]

  /// The formula that gives ΔE.
  package enum Formula: String, Sendable, CaseIterable {
    /// The distance in CIE L*a*b*, 1976.
    case cie76
    /// CIEDE2000, nearer to what eyes see (Sharma, Wu, Dalal 2005).
    case ciede2000
  }

  /// Of two pictures of one size, of any colour spaces and depths; what is transparent shows mid-grey.
  package init(
    of first: Image, to second: Image, by formula: Formula, monitor: EvaluationMonitor? = nil
  ) throws {
    let operation = formula == .cie76 ? "dE76" : "dE00"
    let labs = try [first, second].map { try $0.opaqueColours().converted(to: .lab) }
    steps = try Vips.image(operation, ["left": .image(labs[0]), "right": .image(labs[1])])
      .cast(to: .float).pixels(monitor: monitor)
  }

  /// Mean, median and largest ΔE of the pixels that count; nil where none does.
  package func summary(where counts: (Int) -> Bool) -> (mean: Double, median: Double, largest: Double)? {
    let values = steps.indices.filter(counts).map { Double(steps[$0]) }.sorted()
    guard let largest = values.last else { return nil }
    let middle = values.count / 2
    let median = values.count.isMultiple(of: 2) ? (values[middle - 1] + values[middle]) / 2 : values[middle]
    return (values.reduce(0, +) / Double(values.count), median, largest)
  }
}
