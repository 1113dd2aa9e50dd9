import Foundation
package import PipelineKit

/// Turns rows into plans.
struct RowPlanner: Sendable {
  let experiment: Experiment
  /// What every row asks besides what it sets: permissions, finders, environment.
  let base: PlanRequest
  private let targets: [String: Target]
  /// Where a table's relative paths start, where that is not where all others do.
  private let tableFolder: URL?

  init(_ experiment: Experiment, base: PlanRequest, columns: [String]) throws(Target.Unknown) {
    (self.experiment, self.base) = (experiment, base)
    var targets: [String: Target] = [:]
    let names =
      columns + experiment.fixed.map(\.name) + experiment.axes.flatMap(\.names)
      + (experiment.source.patterns.map(\.name))
    for name in names { targets[name] = try Target(name, of: experiment.pipeline) }
    self.targets = targets
    if case .table(let table) = experiment.source {
      let folder = table.file.deletingLastPathComponent().standardizedFileURL
      tableFolder = folder == experiment.folder.standardizedFileURL ? nil : folder
    } else {
      tableFolder = nil
    }
  }

  /// What a row asks.
  ///
  /// - Parameter folder: where its outputs go.
  /// - Throws: ``Target/Unknown``.
  func request(_ row: Row, into folder: URL) throws(Target.Unknown) -> PlanRequest {
    var request = base
    request.workingFolder = experiment.folder
    request.outputFolder = folder
    for (index, assignment) in row.values.enumerated() {
      let target = try target(assignment.name)
      target.set(placed(assignment, index, of: row, target), in: &request)
    }
    return request
  }

  /// A value of a row, the path of a table's cell being made absolute: such paths start beside the table.
  private func placed(_ assignment: Assignment, _ index: Int, of row: Row, _ target: Target) -> Assignment {
    guard let tableFolder, target.isPath(in: experiment.pipeline) else { return assignment }
    // What a table's line sets stands between what all rows share and the places on the axes.
    let axes = experiment.axes.reduce(0) { $0 + $1.names.count }
    guard (experiment.fixed.count..<row.values.count - axes).contains(index) else { return assignment }
    var assignment = assignment
    assignment.value = .string(
      URL(filePath: assignment.text, relativeTo: tableFolder).absoluteURL.path(percentEncoded: false))
    return assignment
  }

  /// The values that a row sets, the last of each, and what they have in common with those of other rows: which things are
  /// set, and what stages are swapped for. No values where a name means nothing.
  func values(of row: Row) -> (
    kind: [String], values: [(target: ValueCheck.Target, value: PlanRequest.GivenValue)]?
  ) {
    var kind: [String] = []
    var places: [ValueCheck.Target: Int] = [:]
    var values: [(target: ValueCheck.Target, value: PlanRequest.GivenValue)] = []
    for (index, assignment) in row.values.enumerated() {
      guard let target = try? target(assignment.name) else { return ([], nil) }
      kind.append(assignment.name)
      let assignment = placed(assignment, index, of: row, target)
      let set: ValueCheck.Target
      switch target {
      case .swap, .preset:
        kind.append(assignment.text)
        continue
      case .param(let name): set = .param(name)
      case .input(let name): set = .input(name)
      case .setting(let stage, let key): set = .setting(stage: stage, key: key)
      }
      let value: PlanRequest.GivenValue =
        assignment.isText || target.isInput ? .text(assignment.text) : .json(assignment.value)
      if let place = places.updateValue(values.count, forKey: set) {
        values[place].value = value
        places[set] = place
      } else {
        values.append((set, value))
      }
    }
    return (kind, values)
  }

  /// The files that a row gives for inputs, by name.
  func inputs(of row: Row) -> [(name: String, file: String)] {
    var files: [String: String] = [:]
    for (index, assignment) in row.values.enumerated() {
      guard let target = try? target(assignment.name), case .input(let name) = target else { continue }
      files[name] = placed(assignment, index, of: row, target).text
    }
    return files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func target(_ name: String) throws(Target.Unknown) -> Target {
    // Which members the lines of a JSON table have, only they tell.
    guard let known = targets[name] else { return try Target(name, of: experiment.pipeline) }
    return known
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
  package var fingerprint: ContentDigest {
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
