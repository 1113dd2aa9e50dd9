package import Foundation
package import PipelineKit

/// Measures taken of a set of pictures.
package struct SetEvaluation: Sendable {
  /// Which.
  package var measures: [any SetMeasure.Type]
  /// What the pictures are compared with; each measure takes the first that fits.
  package var references: [EvaluationReference] = []
  /// What `qs` is taken by.
  package var mixture: GaussianMixture?
  /// How standard errors are found where there is no closed form; nil finds none.
  package var bootstrap: Bootstrap? = Bootstrap(draws: 200)
  /// Where features are kept; nil keeps none.
  package var store: Store?
  /// What the pictures were made of.
  package var sources = PictureSources()

  /// Measures to be taken.
  package init(_ measures: [any SetMeasure.Type]) { self.measures = measures }

  /// How far it is: pictures of a set seen by a network.
  package struct Progress: Sendable {
    /// By which network, as reports name it.
    package var encoder: String
    /// The folder of the pictures.
    package var folder: URL
    /// How many are done.
    package var done: Int
    /// How many there are.
    package var count: Int

    /// How far a set is.
    package init(_ encoder: PictureEncoder.Kind, _ set: PictureSet, done: Int) {
      self.init(encoder.rawValue, set, done: done, of: set.pictures.count)
    }

    init(_ encoder: String, _ set: PictureSet, done: Int, of count: Int) {
      (self.encoder, folder, self.done, self.count) = (encoder, set.folder, done, count)
    }
  }

  /// Takes the measures. One that cannot be taken is in the report with the reason, and keeps none of the others.
  ///
  /// - Parameters:
  ///   - encoder: makes each encoder that the measures see by once.
  ///   - stages: runs the stages that measure.
  ///   - report: told of every picture.
  /// - Throws: ``EvaluationFault`` where no picture can be read; what engine and store throw; `CancellationError`.
  package func run(
    on results: PictureSet, encoder: (PictureEncoder.Kind) async throws -> PictureEncoder,
    stages: some StageMeasuring, report: (Progress) -> Void
  ) async throws -> EvaluationReport {
    var whole = EvaluationReport(
      results: .init(results), references: references.map(EvaluationReport.Side.init))
    let byFeatures = measures.compactMap { $0 as? any FeatureMeasure.Type }
    for kind in PictureEncoder.Kind.allCases {
      let own = byFeatures.filter { $0.encoder == kind }
      if own.isEmpty { continue }
      do {
        try await take(own, of: results, by: encoder(kind), into: &whole, report)
      } catch let missing as MissingDependency {
        let fault = EvaluationFault("\(missing)", isMissing: true)
        whole.entries += own.map {
          .init(measure: $0.name, encoder: kind.rawValue, outcome: .failure(fault))
        }
      }
    }
    for measure in measures.compactMap({ $0 as? any StageMeasure.Type }) {
      try await take(measure, of: results, by: stages, into: &whole, report)
    }
    whole.entries.sort { order(of: $0) < order(of: $1) }
    return whole
  }

  /// Takes measures that see by one encoder.
  private func take(
    _ own: [any FeatureMeasure.Type], of results: PictureSet, by encoder: PictureEncoder,
    into whole: inout EvaluationReport, _ report: (Progress) -> Void
  ) async throws {
    whole.encoders.append(encoder.identity)
    let extraction = FeatureExtraction(encoder, store: store)
    func features(of set: PictureSet) async throws -> FeatureExtraction.Result {
      try await extraction(set) { report(Progress(encoder.kind, set, done: $0)) }
    }
    let seen = try await features(of: results)
    whole.results.note(seen)
    var known: [Known] = []
    if own.contains(where: { $0.need != .none }) {
      for (index, reference) in references.enumerated() {
        switch reference {
        case .statistics(let statistics, let path): known.append(Known(statistics, path: path, encoder))
        case .pictures(let set):
          let seen = try await features(of: set)
          whole.references[index].note(seen)
          known.append(try Known(seen, of: set, encoder))
        }
      }
    }
    for measure in own {
      try Task.checkCancellation()
      whole.entries.append(try entry(measure, seen, known))
    }
  }

  private func order(of entry: EvaluationReport.Entry) -> Int {
    measures.firstIndex { $0.name == entry.measure } ?? measures.count
  }

  private func entry(
    _ measure: any FeatureMeasure.Type, _ seen: FeatureExtraction.Result, _ known: [Known]
  ) throws -> EvaluationReport.Entry {
    var entry = EvaluationReport.Entry(
      measure: measure.name, encoder: measure.encoder.rawValue, pictures: seen.features.rows)
    var given = MeasuredFeatures(
      features: seen.features, groups: seen.pictures.map(\.group), mixture: mixture, bootstrap: bootstrap)
    do {
      var notes: [String] = []
      if measure.need != .none {
        let reference = try self.reference(for: measure, width: seen.features.columns, known)
        given.reference = reference.statistics
        (entry.reference, entry.referencePictures) = (reference.path, reference.pictures)
        notes = reference.notes
      }
      var measurement = try measure.measured(given)
      measurement.notes = notes + measurement.notes
      entry.outcome = .success(measurement)
    } catch let fault as EvaluationFault {
      entry.outcome = .failure(fault)
    }
    return entry
  }

  /// A reference as an encoder sees it.
  private struct Known {
    var statistics: FeatureStatistics
    var path: String
    var pictures: Int?
    /// Why it is none of this encoder's.
    var mismatch: String?
    var notes: [String] = []

    init(_ seen: FeatureExtraction.Result, of set: PictureSet, _ encoder: PictureEncoder) throws {
      statistics = try FeatureStatistics(
        of: seen.features, provenance: encoder.provenance(pictures: seen.features.rows))
      (path, pictures) = (set.folder.path(percentEncoded: false), seen.features.rows)
    }

    init(_ statistics: FeatureStatistics, path: String, _ encoder: PictureEncoder) {
      (self.statistics, self.path) = (statistics, path)
      pictures = statistics.moments?.count ?? statistics.features?.rows
      mismatch = encoder.mismatch(with: statistics)
      if statistics.provenance["weights"] == nil {
        notes = ["\(path) does not say by which weights and resize rule it was made"]
      }
    }
  }

  private func reference(
    for measure: any SetMeasure.Type, width: Int, _ known: [Known]
  ) throws(EvaluationFault) -> Known {
    guard !known.isEmpty else {
      throw EvaluationFault("there is nothing to compare with: name it by --reference")
    }
    var reasons: [String] = []
    for one in known {
      let columns = one.statistics.moments?.mean.count ?? one.statistics.features?.columns
      if let mismatch = one.mismatch {
        reasons.append("\(one.path): \(mismatch)")
      } else if columns != width {
        reasons.append("\(one.path): it is of \(columns ?? 0) features, not \(width)")
      } else if measure.need == .features, one.statistics.features == nil {
        reasons.append(
          "\(one.path): it has mean and covariance alone, and \(measure.name) needs the features of each picture"
        )
      } else {
        return one
      }
    }
    throw EvaluationFault("no reference fits. " + reasons.joined(separator: "; "))
  }
}
