/// How much results of one input differ from each other.
enum SeedDiversity: FeatureMeasure {
  static let name = "diversity"
  static let summary =
    "1 − mean cosine of CLIP's features of two results of one input, 0 for results that are all alike"
  static let encoder = PictureEncoder.Kind.clip

  static func measured(_ given: MeasuredFeatures) throws -> Measurement {
    let groups = Dictionary(grouping: given.groups.indices) { given.groups[$0] }
    return try InputMeans(groups: groups.values.map { $0 }) {
      try Diversity.cosine(given.features.rows($0))
    }.measurement
  }
}
