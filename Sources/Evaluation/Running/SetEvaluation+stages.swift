import Foundation
import PipelineKit

/// Runs the stages that measures of single pictures are taken by.
package protocol StageMeasuring: Sendable {
  /// What a measure's stage sees by.
  ///
  /// - Throws: `MissingDependency` for weights that are not here.
  func network(of measure: any StageMeasure.Type) throws -> NetworkIdentity

  /// The number that a stage reports of files.
  ///
  /// - Throws: ``EvaluationFault`` for files that it cannot be taken of, and for weights of another network.
  func value(of measure: any StageMeasure.Type, _ subject: Subject) async throws -> Double
}

extension SetEvaluation {
  /// Takes a measure by its stage.
  func take(
    _ measure: any StageMeasure.Type, of results: PictureSet, by stages: some StageMeasuring,
    into whole: inout EvaluationReport, _ report: (Progress) -> Void
  ) async throws {
    var entry = EvaluationReport.Entry(measure: measure.name, encoder: measure.name)
    do {
      whole.encoders.append(try stages.network(of: measure))
      let (subjects, skipped) = try sources.subjects(measure.subjects, of: results)
      entry.skipped = skipped
      var values: [(subject: Subject, value: Double)] = []
      for (index, subject) in subjects.enumerated() {
        try Task.checkCancellation()
        do {
          values.append((subject, try await stages.value(of: measure, subject)))
        } catch let fault as EvaluationFault {
          entry.skipped.append(.init(name: subject.name, reason: fault.description))
        }
        report(Progress(measure.name, results, done: index + 1, of: subjects.count))
      }
      guard !values.isEmpty else {
        let first = entry.skipped.first.map { "; the first, \($0.name): \($0.reason)" } ?? ""
        throw EvaluationFault("it can be taken of no picture" + first)
      }
      entry.pictures = Set(values.flatMap(\.subject.pictures)).count
      entry.outcome = .success(try mean(values, of: measure, in: results))
    } catch let fault as EvaluationFault {
      entry.outcome = .failure(fault)
    } catch let missing as MissingDependency {
      entry.outcome = .failure(EvaluationFault("\(missing)", isMissing: true))
    }
    if entry.pictures > 0 { whole.results.pictures = max(whole.results.pictures ?? 0, entry.pictures) }
    whole.entries.append(entry)
  }

  private func mean(
    _ values: [(subject: Subject, value: Double)], of measure: any StageMeasure.Type, in results: PictureSet
  ) throws -> Measurement {
    switch measure.subjects {
    case .pictures:
      let numbers = values.map(\.value)
      return Measurement(
        numbers.reduce(0, +) / Double(numbers.count), deviation: Bootstrap.standardError(ofMean: numbers),
        spread: "standard error of the mean")
    case .pairsOfOneInput:
      let groups = Dictionary(grouping: values.indices) {
        results.pictures[values[$0].subject.pictures[0]].group
      }
      let means = groups.values.sorted { $0[0] < $1[0] }.map { group in
        group.reduce(0) { $0 + values[$1].value } / Double(group.count)
      }
      let alone = Dictionary(grouping: results.pictures, by: \.group).values.filter { $0.count == 1 }.count
      return InputMeans(means, alone: alone).measurement
    }
  }
}
