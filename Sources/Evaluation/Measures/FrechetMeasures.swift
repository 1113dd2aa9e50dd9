/// FID.
enum InceptionDistance: FeatureMeasure {
  static let name = "fid"
  static let summary = "Fréchet inception distance (Heusel et al. 2017): less is better"
  static let encoder = PictureEncoder.Kind.inception
  static let need = ReferenceNeed.moments

  static func measured(_ given: MeasuredFeatures) throws -> Measurement { try frechet(given) }
}

/// CLIP-FID.
enum CLIPDistance: FeatureMeasure {
  static let name = "clip-fid"
  static let summary = "Fréchet distance of CLIP's features (Kynkäänniemi et al. 2023): less is better"
  static let encoder = PictureEncoder.Kind.clip
  static let need = ReferenceNeed.moments

  static func measured(_ given: MeasuredFeatures) throws -> Measurement { try frechet(given) }
}

/// The Fréchet distance to the reference, and how far it would move with other results.
private func frechet(_ given: MeasuredFeatures) throws -> Measurement {
  guard let moments = given.reference?.moments else {
    throw EvaluationFault("the reference is one picture: a covariance takes 2 or more")
  }
  let (value, error) = try moments.frechetDistance(from: given.features)
  var notes: [String] = []
  for (side, count) in [("results", given.features.rows), ("reference", moments.count)] {
    if let count, count <= moments.mean.count {
      notes.append(
        "\(count) pictures of the \(side) are too few for a covariance of \(moments.mean.count) features: the distance is too large, and only others of as many pictures can be compared with it"
      )
    }
  }
  return Measurement(
    value, deviation: error, spread: "standard error by the infinitesimal jackknife", notes: notes)
}
