/// The quality score by a mixture that is given.
enum MixtureQuality: FeatureMeasure {
  static let name = "qs"
  static let summary =
    "quality score (Gu et al. 2020; Yang et al. 2023) by the mixture of --mixture, 0 to 100: more is better"
  static let encoder = PictureEncoder.Kind.clip
  static let takesMixture = true

  static func measured(_ given: MeasuredFeatures) throws -> Measurement {
    guard let mixture = given.mixture else {
      throw EvaluationFault(
        "it takes a mixture: name its file with --mixture, or take qs-fitted, which fits one to the reference"
      )
    }
    return try score(given.features, by: mixture)
  }
}

/// The quality score by a mixture that is fitted to the reference.
enum FittedQuality: FeatureMeasure {
  static let name = "qs-fitted"
  static let summary =
    "quality score by a mixture that is fitted to the reference here, 0 to 100: other figures than published ones"
  static let encoder = PictureEncoder.Kind.clip
  static let need = ReferenceNeed.features

  static func measured(_ given: MeasuredFeatures) throws -> Measurement {
    let fitting = GaussianMixture.Fitting()
    let reference = given.reference!.features!
    var measurement = try score(
      given.features, by: GaussianMixture(fittedTo: reference, fitting))
    measurement.notes.append(
      "the mixture of \(fitting.components) Gaussians was fitted here to \(reference.rows) pictures of the reference"
    )
    return measurement
  }
}

private func score(_ features: Matrix, by mixture: GaussianMixture) throws -> Measurement {
  let scores = try QualityScore.scores(features, by: mixture)
  return Measurement(
    scores.reduce(0, +) / Double(scores.count), deviation: Bootstrap.standardError(ofMean: scores),
    spread: "standard error of the mean")
}
