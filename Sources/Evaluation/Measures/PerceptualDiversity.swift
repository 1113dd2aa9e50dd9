/// How much results of one input differ to the eye.
enum PerceptualDiversity: StageMeasure {
  static let name = "diversity-lpips"
  static let summary =
    "mean LPIPS between two results of one input, in the box around the mask: 0 for results that are all alike"
  static let stage = "measure.perceptual-distance"
  static let weights = StageWeights.lpips
  static let member = "lpips"
  static let subjects = Subjects.pairsOfOneInput
}
