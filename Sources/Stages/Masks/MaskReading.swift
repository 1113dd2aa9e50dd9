import Imaging

/// How a file's values were read as a mask, and what is wrong where the reading marks nothing or everything.
struct MaskReading {
  private let values: BandStatistics
  private let fullScale: Double
  private let blackIsEditable: Bool
  private let threshold: Double?

  /// - Parameter values: of the file's one band, before any polarity or threshold.
  init(of values: BandStatistics, fullScale: Double, blackIsEditable: Bool, threshold: Double?) {
    (self.values, self.fullScale) = (values, fullScale)
    (self.blackIsEditable, self.threshold) = (blackIsEditable, threshold)
  }

  /// What is wrong, and how to set it right.
  struct Fault {
    var message: String
    var advice: String
    /// Whether it stands even where empty masks are wanted.
    var isLasting = false
  }

  /// What is wrong with what became of the values; nil when all is well.
  /// - Parameter mask: the mask's 8-bit values.
  func fault(givenThat mask: BandStatistics) -> Fault? {
    // One of 255 shows nowhere: it is a file of 0 and 1, or of 8 bits kept in 16.
    if mask.maximum <= 1 { return empty }
    guard blackIsEditable, mask.minimum >= 254, values.maximum > 0, values.maximum * 255 <= fullScale else {
      return nil
    }
    return Fault(
      message: "may be changed everywhere: its largest value is \(largest), which passes for black",
      advice: "if only 0 marks what may be changed, set \"threshold\": 1", isLasting: true)
  }

  private var empty: Fault {
    if blackIsEditable {
      guard values.minimum < fullScale else {
        return Fault(
          message: "is empty: all of it is white, and black marks what may be changed",
          advice: "if white marks what may be changed, set \"editable\": \"white\"")
      }
      return Fault(
        message: "is empty: its smallest value is \(said(values.minimum)), too light for black",
        advice: "if all but white marks what may be changed, set \"threshold\": 0")
    }
    guard values.maximum > 0 else {
      return Fault(
        message: "is empty: all of it is black, and white marks what may be changed",
        advice: "if black marks what may be changed, set \"editable\": \"black\"")
    }
    let reason = threshold.map { "below the threshold \($0)" } ?? "which shows nowhere"
    return Fault(
      message: "is empty: its largest value is \(largest), \(reason)",
      advice: "if all above 0 marks what may be changed, set \"threshold\": 0")
  }

  private var largest: String { said(values.maximum) }

  private func said(_ value: Double) -> String {
    fullScale == 1 ? "\(value) of 1" : "\(Int(value)) of \(Int(fullScale))"
  }
}
