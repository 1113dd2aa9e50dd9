import Foundation
import PipelineKit

/// Turns rows into plans.
struct RowPlanner: Sendable {
  let experiment: Experiment
  /// What every row asks besides what it sets: permissions, finders, environment.
  let base: PlanRequest
  /// Makes a plan of a document and a request.
  let plan: @Sendable (PipelineDocument, PlanRequest) async throws -> Plan
  private let targets: [String: Target]
  private let tableFolder: URL?

  init(
    _ experiment: Experiment, base: PlanRequest, columns: [String],
    plan: @escaping @Sendable (PipelineDocument, PlanRequest) async throws -> Plan
  ) throws {
    (self.experiment, self.base, self.plan) = (experiment, base, plan)
    var targets: [String: Target] = [:]
    let names =
      columns + experiment.fixed.map(\.name) + experiment.axes.flatMap(\.names)
      + (experiment.source.patterns.map(\.name))
    for name in names { targets[name] = try Target(name, of: experiment.pipeline) }
    self.targets = targets
    if case .table(let table) = experiment.source {
      tableFolder = table.file.deletingLastPathComponent().standardizedFileURL
    } else {
      tableFolder = nil
    }
  }

  /// What a row asks.
  ///
  /// - Parameter folder: where its outputs go.
  /// - Throws: ``Target/Unknown``.
  func request(_ row: Row, into folder: URL) throws -> PlanRequest {
    var request = base
    request.workingFolder = experiment.folder
    request.outputFolder = folder
    let own = experiment.fixed.count
    for (index, assignment) in row.values.enumerated() {
      let target = try targets[assignment.name] ?? Target(assignment.name, of: experiment.pipeline)
      var assignment = assignment
      // The paths of a table start beside it.
      if index >= own, row.line != nil, let tableFolder, tableFolder != experiment.folder.standardizedFileURL,
        target.isPath(in: experiment.pipeline),
        index < row.values.count - experiment.axes.reduce(0, { $0 + $1.names.count })
      {
        assignment.value = .string(
          URL(filePath: assignment.text, relativeTo: tableFolder).absoluteURL.path(percentEncoded: false))
      }
      target.set(assignment, in: &request)
    }
    return request
  }

  /// The digest of everything that a row sets.
  func key(of row: Row) -> ContentDigest {
    var last: [String: JSONValue] = [:]
    for assignment in row.values {
      last[assignment.name] = assignment.isText ? ["text": assignment.value] : assignment.value
    }
    return ContentDigest(of: JSONWriter.canonical(.object(last)))
  }
}

extension RowSource {
  var patterns: [FilePattern] { if case .files(let patterns) = self { patterns } else { [] } }
}

extension Plan {
  /// What the results of a run are made of: the fingerprints of what leaves the pipeline. Of stages that are no function of
  /// their inputs, as commands, it is what they were asked for.
  var fingerprint: ContentDigest {
    let parts = steps.compactMap { step -> JSONValue? in
      guard targets.contains(step.id) || step.fingerprint == nil else { return nil }
      return [
        "step": .string(step.id),
        "made": step.fingerprint.map { .string($0.description) } ?? .object(step.components),
      ]
    }
    return ContentDigest(of: JSONWriter.canonical(.array(parts)))
  }
}
