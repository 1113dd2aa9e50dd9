/// KID.
enum KernelInceptionDistance: FeatureMeasure {
  static let name = "kid"
  static let summary =
    "kernel inception distance (Bińkowski et al. 2018), of use with hundreds of pictures: less is better"
  static let encoder = PictureEncoder.Kind.inception
  static let need = ReferenceNeed.features

  static func measured(_ given: MeasuredFeatures) throws -> Measurement {
    let distance = KernelDistance()
    let reference = given.reference!.features!
    let (mean, deviation) = try distance(given.features, reference)
    let size = min(distance.subsetSize, given.features.rows, reference.rows)
    return Measurement(
      mean, deviation: deviation,
      spread: "standard deviation over \(distance.subsets) subsets of \(size) pictures")
  }
}

/// CMMD.
enum CLIPMeanDiscrepancy: FeatureMeasure {
  static let name = "cmmd"
  static let summary =
    "CLIP maximum mean discrepancy (Jayasumana et al. 2024), of use with tens of pictures: less is better"
  static let encoder = PictureEncoder.Kind.clipLarge
  static let need = ReferenceNeed.features

  static func measured(_ given: MeasuredFeatures) throws -> Measurement {
    let discrepancy = try MeanDiscrepancy(given.features, reference: given.reference!.features!)
    return Measurement(
      discrepancy.value, deviation: given.bootstrap.map(discrepancy.standardError),
      spread: "standard error by bootstrap")
  }
}
