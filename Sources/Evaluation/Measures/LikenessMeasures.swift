import Foundations

/// The CLIP score.
enum CLIPScore: StageMeasure {
  static let name = "clip-score"
  static let summary =
    "how like its exemplar the box around each picture's mask is by CLIP ViT-B/32, at most 100: more is better"
  static let stage = "measure.clip-score"
  static let weights = StageWeights.clip
  static let member = "clipScore"
  static let subjects = Subjects.pictures
}

/// The CLIP score as Paint by Example's authors take it.
enum AuthorsCLIPScore: StageMeasure {
  static let name = "clip-score-authors"
  static let summary = "the same of the region that the program of Paint by Example's authors takes"
  static let stage = "measure.clip-score"
  static let settings: [String: JSONValue] = ["rule": "authors"]
  static let weights = StageWeights.clip
  static let member = "clipScore"
  static let subjects = Subjects.pictures
}

/// Likeness by DINO or DINOv2.
enum DINOSimilarity: StageMeasure {
  static let name = "dino"
  static let summary = "how like its exemplar it is by DINO or DINOv2, at most 100: more is better"
  static let stage = "measure.dino"
  static let weights = StageWeights.dino
  static let member = "similarity"
  static let subjects = Subjects.pictures
}

/// Distance by DreamSim.
enum DreamSimDistance: StageMeasure {
  static let name = "dreamsim"
  static let summary = "how far from its exemplar it is by DreamSim, 0 to 2: less is better"
  static let stage = "measure.dreamsim"
  static let weights = StageWeights.dreamsim
  static let member = "distance"
  static let subjects = Subjects.pictures
}
