import Foundation

/// What measures came to, and of what they were taken.
package struct EvaluationReport: Sendable {
  /// The pictures that were measured.
  package var results: Side
  /// What they were compared with.
  package var references: [Side]
  /// By what they were seen.
  package var encoders: [NetworkIdentity] = []
  /// The measures.
  package var entries: [Entry] = []
  /// The benchmark that it is of; nil for measures of one's own choice.
  package var benchmark: Benchmark?

  /// One side of a comparison.
  package struct Side: Sendable {
    /// The folder or file.
    package var path: String
    /// How many pictures could be read; nil where a file of statistics does not say it, and where none was looked at.
    package var pictures: Int?
    /// How many files there are that should be pictures; nil for a file of statistics.
    package var found: Int?
    /// What was left out, and why.
    package var skipped: [PictureSet.Skipped] = []
    /// How many pictures' features were made, and how many were kept from earlier, over all encoders.
    package var made = 0
    /// How many were kept from earlier.
    package var kept = 0

    private init(path: String, pictures: Int?) { (self.path, self.pictures) = (path, pictures) }

    init(_ set: PictureSet) {
      self.init(path: set.folder.path(percentEncoded: false), pictures: nil)
      found = set.pictures.count
    }

    init(_ reference: EvaluationReference) {
      switch reference {
      case .pictures(let set): self.init(set)
      case .statistics(let statistics, let path):
        self.init(path: path, pictures: statistics.moments?.count ?? statistics.features?.rows)
      }
    }

    mutating func note(_ seen: FeatureExtraction.Result) {
      pictures = seen.features.rows
      skipped = seen.skipped
      kept += seen.kept
      made += seen.features.rows - seen.kept
    }
  }

  /// A measure.
  package struct Entry: Sendable {
    /// Its name.
    package var measure: String
    /// By what pictures were seen: the name of one of the report's networks.
    package var encoder: String
    /// How many were measured.
    package var pictures = 0
    /// What of the set this measure leaves out, and why.
    package var skipped: [PictureSet.Skipped] = []
    /// What they were compared with.
    package var reference: String?
    /// How many pictures that has, where it is known.
    package var referencePictures: Int?
    /// What it came to, or why it was not taken.
    package var outcome: Result<Measurement, EvaluationFault> = .failure(EvaluationFault("it was not taken"))
  }

  /// The measures that could not be taken.
  package var failed: [Entry] {
    entries.filter { entry in
      if case .failure = entry.outcome { true } else { false }
    }
  }
}
