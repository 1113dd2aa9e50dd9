/// A measure of a set of pictures: a ``FeatureMeasure`` or a ``StageMeasure``.
package protocol SetMeasure: Sendable {
  /// What it is asked for by, and what reports call it.
  static var name: String { get }
  /// What it says, in a line.
  static var summary: String { get }
  /// What has to be known of the pictures that are compared with.
  static var need: ReferenceNeed { get }
  /// Whether it takes a mixture of Gaussians that is given.
  static var takesMixture: Bool { get }
}

/// A measure of a set of pictures by their features.
package protocol FeatureMeasure: SetMeasure {
  /// By which network pictures are seen.
  static var encoder: PictureEncoder.Kind { get }

  /// Takes it.
  ///
  /// - Throws: ``EvaluationFault`` where it cannot be taken; `CancellationError`.
  static func measured(_ given: MeasuredFeatures) throws -> Measurement
}

extension SetMeasure {
  package static var need: ReferenceNeed { .none }
  package static var takesMixture: Bool { false }
}

/// What a measure has to know of the pictures that are compared with.
package enum ReferenceNeed: Sendable, Hashable {
  /// Nothing: it compares with none.
  case none
  /// Mean and covariance of their features.
  case moments
  /// The features of each.
  case features
}

/// What a measure is taken of.
package struct MeasuredFeatures: Sendable {
  /// One picture a row.
  package var features: Matrix
  /// For each row, what it has in common with the pictures that differ from it in chance alone.
  package var groups: [String]
  /// Of the pictures that are compared with; what the measure needs of it is there.
  package var reference: FeatureStatistics?
  /// The mixture that was given.
  package var mixture: GaussianMixture?
  /// How often pictures are drawn again for a standard error; nil takes none that way.
  package var bootstrap: Bootstrap?

  /// What a measure is taken of.
  package init(
    features: Matrix, groups: [String], reference: FeatureStatistics? = nil, mixture: GaussianMixture? = nil,
    bootstrap: Bootstrap? = nil
  ) {
    (self.features, self.groups, self.reference) = (features, groups, reference)
    (self.mixture, self.bootstrap) = (mixture, bootstrap)
  }
}

/// What a measure comes to.
package struct Measurement: Sendable, Hashable {
  /// The number.
  package var value: Double
  /// Its standard error, or what `spread` says; nil where none was taken.
  package var deviation: Double?
  /// What the deviation is of.
  package var spread: String?
  /// What its reader has to know.
  package var notes: [String] = []

  init(_ value: Double, deviation: Double? = nil, spread: String? = nil, notes: [String] = []) {
    (self.value, self.deviation, self.notes) = (value, deviation, notes)
    self.spread = deviation == nil ? nil : spread
  }
}

/// The measures of sets of pictures.
package enum SetMeasures {
  /// All of them, in the order in which they are shown.
  package static let all: [any SetMeasure.Type] = [
    InceptionDistance.self, KernelInceptionDistance.self, CLIPDistance.self, CLIPMeanDiscrepancy.self,
    MixtureQuality.self, FittedQuality.self, CLIPScore.self, AuthorsCLIPScore.self, DINOSimilarity.self,
    DreamSimDistance.self,
    SeedDiversity.self, PerceptualDiversity.self,
  ]
}
