/// How much results of one input differ from each other.
enum SeedDiversity: SetMeasure {
  static let name = "diversity"
  static let summary =
    "1 − mean cosine of CLIP's features of two results of one input, 0 for results that are all alike"
  static let encoder = PictureEncoder.Kind.clip
  static let need = ReferenceNeed.none

  static func measured(_ given: MeasuredFeatures) throws -> Measurement {
    let groups = Dictionary(grouping: given.groups.indices) { given.groups[$0] }
    let several = groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    guard !several.isEmpty else {
      throw EvaluationFault("it takes 2 results or more of one input, such as those of several seeds")
    }
    let values = try several.map { try Diversity.cosine(given.features.rows($0)) }
    let alone = groups.count - several.count
    return Measurement(
      values.reduce(0, +) / Double(values.count), deviation: Bootstrap.standardError(ofMean: values),
      spread: "standard error of the mean over \(values.count) inputs",
      notes: alone == 0 ? [] : ["\(alone) inputs have one result only, and do not count"])
  }
}
