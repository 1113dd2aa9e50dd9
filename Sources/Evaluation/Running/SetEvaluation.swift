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

  /// Measures to be taken.
  package init(_ measures: [any SetMeasure.Type]) { self.measures = measures }

  /// How far it is: pictures of a set seen by an encoder.
  package struct Progress: Sendable {
    /// By which network.
    package var encoder: PictureEncoder.Kind
    /// The folder of the pictures.
    package var folder: URL
    /// How many pictures are done.
    package var done: Int
    /// How many there are.
    package var count: Int

    /// How far a set is.
    package init(_ encoder: PictureEncoder.Kind, _ set: PictureSet, done: Int) {
      (self.encoder, folder, self.done, count) = (encoder, set.folder, done, set.pictures.count)
    }
  }

  /// The encoders that the measures see by, each once.
  package var encoders: [PictureEncoder.Kind] {
    PictureEncoder.Kind.allCases.filter { kind in measures.contains { $0.encoder == kind } }
  }

  /// Takes the measures. One that cannot be taken is in the report with the reason, and keeps none of the others.
  ///
  /// - Parameters:
  ///   - encoder: makes each of `encoders` once.
  ///   - report: told of every picture.
  /// - Throws: ``EvaluationFault`` where no picture can be read; what engine and store throw; `CancellationError`.
  package func run(
    on results: PictureSet, encoder: (PictureEncoder.Kind) async throws -> PictureEncoder,
    report: (Progress) -> Void
  ) async throws -> EvaluationReport {
    var whole = EvaluationReport(
      results: .init(results), references: references.map(EvaluationReport.Side.init))
    for kind in encoders {
      let own = measures.filter { $0.encoder == kind }
      let encoder = try await encoder(kind)
      whole.encoders.append(encoder)
      let extraction = FeatureExtraction(encoder, store: store)
      func features(of set: PictureSet) async throws -> FeatureExtraction.Result {
        try await extraction(set) { done in
          report(Progress(kind, set, done: done))
        }
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
    whole.entries.sort { order(of: $0) < order(of: $1) }
    return whole
  }

  private func order(of entry: EvaluationReport.Entry) -> Int {
    measures.firstIndex { $0.name == entry.measure } ?? measures.count
  }

  private func entry(
    _ measure: any SetMeasure.Type, _ seen: FeatureExtraction.Result, _ known: [Known]
  ) throws -> EvaluationReport.Entry {
    var entry = EvaluationReport.Entry(
      measure: measure.name, encoder: measure.encoder, pictures: seen.features.rows)
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
