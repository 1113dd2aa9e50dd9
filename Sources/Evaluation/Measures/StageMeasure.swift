package import Foundations

/// A measure of each picture of a set, or of each two results of one input, that a stage takes. Of the set it is the mean.
package protocol StageMeasure: SetMeasure {
  /// The stage's name.
  static var stage: String { get }
  /// What it is set to, besides its weights and what computes them.
  static var settings: [String: JSONValue] { get }
  /// Which weights it takes.
  static var weights: StageWeights { get }
  /// The member of its report that is the number.
  static var member: String { get }
  /// What it is taken of.
  static var subjects: Subjects { get }
}

extension StageMeasure {
  package static var settings: [String: JSONValue] { [:] }
}

/// The weights that stages measure by, each chosen once for all of them.
package enum StageWeights: Sendable, Hashable {
  /// CLIP ViT-B/32.
  case clip
  /// DINO or DINOv2.
  case dino
  /// DreamSim.
  case dreamsim
  /// LPIPS.
  case lpips
}

/// What a stage measures.
package enum Subjects: Sendable, Hashable {
  /// Each picture: its ports are `image`, `mask` and `exemplar`.
  case pictures
  /// Each two results of one input, in the box around the mask: the ports are `before`, `after` and `mask`.
  case pairsOfOneInput
}

/// Something that a stage measures.
package struct Subject: Sendable, Hashable {
  /// The results that it is of, by their places in the set.
  package var pictures: [Int]
  /// What it is called.
  package var name: String
  /// The files at the stage's ports.
  package var files: [String: String]
}
