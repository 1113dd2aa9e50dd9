import Foundation
import Foundations
import PipelineKit
import SystemPackage

/// What is found out about an experiment before its first row runs.
struct ExperimentCheck {
  /// How many rows there are.
  private(set) var rows = 0
  /// How many of them belong to the shard.
  private(set) var ownRows = 0

  private let experiment: Experiment
  private var faults: [Diagnostic] = []
  /// What has been said of one row, and holds for others.
  private var said: Set<String> = []
  private var left = 0
  /// Files that are there, by their paths' hashes.
  private var found: Set<Int> = []
  /// What tells quickly that values are without fault, for rows that set the same things and swap the same stages.
  private var quick: [[String]: ValueCheck] = [:]

  /// So many kinds of rows are checked quickly; no experiment has more.
  private static let mostKinds = 64

  /// How many faults are said; nobody reads more.
  private static let most = 50

  /// Walks all rows.
  ///
  /// - Parameters:
  ///   - pipelines: checks the pipeline with what a row sets, and opens no file but documents.
  ///   - shard: the rows that are run here.
  /// - Throws: ``InvalidDocument`` with every fault.
  init(
    _ experiment: Experiment, planner: RowPlanner, folder: URL, names: RowNames,
    pipelines: Planner, shard: Shard
  ) throws {
    self.experiment = experiment
    var reader = try RowReader(experiment)
    // Hashes, eight bytes each, so that a million rows can be told apart in little memory.
    var validated: Set<Int> = []
    var seen: [Int: Int] = [:]
    var set: [Int: Int] = [:]
    while let row = try nextRow(&reader) {
      rows += 1
      if shard.holdsAll || shard.holds(planner.key(of: row)) { ownRows += 1 }
      // Values of axes alone need not be tried in every combination: each on its own will do.
      let isNew = combinations(row).reduce(false) { validated.insert($1.hashValue).inserted || $0 }
      if isNew { check(row, planner, folder, pipelines) }
      if row.line != nil { checkFiles(row, planner) }
      checkName(names.name(of: row), row, &seen)
      // Where names have no number, rows that set the same are called the same.
      if names.isNumbered { checkValues(row, &set) }
    }
    if rows == 0, faults.isEmpty { fault("the experiment has no rows" + reason, row: nil) }
    if left > 0 { fault("and \(left) more faults of rows", row: nil) }
    guard faults.isEmpty else { throw InvalidDocument(faults) }
  }

  /// Why there are none, where it is plain.
  private var reason: String {
    guard let empty = experiment.source.patterns.first(where: { $0.files(in: experiment.folder).isEmpty })
    else { return "" }
    return ": no file fits '\(empty.text)', by which '\(empty.name)' is found"
  }

  private mutating func nextRow(_ reader: inout RowReader) throws -> Row? {
    while true {
      do {
        return try reader.next()
      } catch let broken as RowTable.Fault {
        fault(broken.description, row: nil)
      }
    }
  }

  /// What of a row has to be tried: its place on each axis together with what swaps stages, and the table's own cells.
  private func combinations(_ row: Row) -> [[Assignment]] {
    let own = row.values.count - experiment.axes.reduce(0) { $0 + $1.names.count }
    let swaps = row.values.filter { $0.name.hasPrefix("swap:") }
    let cells = Array(row.values[experiment.fixed.count..<own]).filter { !$0.name.hasPrefix("swap:") }
    var combinations = [swaps]
    // Of a table, each line may have something else wrong; paths are looked at apart.
    if row.line != nil { combinations.append(swaps + cells) }
    for assignment in row.values[own...] { combinations.append(swaps + [assignment]) }
    return combinations
  }

  private mutating func request(of row: Row, _ planner: RowPlanner, _ folder: URL) -> PlanRequest? {
    do {
      return try planner.request(row, into: folder)
    } catch {
      note(error.diagnostic(at: .root), of: row)
      return nil
    }
  }

  private mutating func check(_ row: Row, _ planner: RowPlanner, _ folder: URL, _ pipelines: Planner) {
    let (kind, values) = planner.values(of: row)
    if let values, quick[kind]?.accepts(values) == true { return }
    guard let request = request(of: row, planner, folder) else { return }
    do {
      try pipelines.validate(experiment.pipeline, request)
    } catch {
      for diagnostic in error.diagnostics { note(diagnostic, of: row) }
      return
    }
    if values != nil, quick[kind] == nil, quick.count < Self.mostKinds {
      quick[kind] = ValueCheck(pipelines, experiment.pipeline, request)
    }
  }

  private mutating func checkFiles(_ row: Row, _ planner: RowPlanner) {
    for (name, file) in planner.inputs(of: row) where file != "-" && !found.contains(file.hashValue) {
      let url = URL(filePath: file, relativeTo: experiment.folder).absoluteURL
      if (try? FileSystem().status(FilePath(url), followingLink: true)) == nil {
        fault("the input '\(name)': there is no file '\(file)'", row: row)
      } else {
        found.insert(file.hashValue)
      }
    }
  }

  private mutating func checkName(_ name: String, _ row: Row, _ seen: inout [Int: Int]) {
    if name.utf8.count > 1000 || name.split(separator: "/").contains(where: { $0.utf8.count > 240 }) {
      fault("the name '\(name.prefix(60))…' is too long for a file", row: row)
    }
    if let other = seen.updateValue(row.index, forKey: name.lowercased().hashValue) {
      fault(
        "the rows \(other + 1) and \(row.index + 1) are both called '\(name)'", row: row,
        expected: "a name that tells them apart: {row} is the row's number")
    }
  }

  /// Rows count by what they set: of two that set the same only one could be recorded.
  private mutating func checkValues(_ row: Row, _ set: inout [Int: Int]) {
    var values: [String: Assignment] = [:]
    for assignment in row.values { values[assignment.name] = assignment }
    if let other = set.updateValue(row.index, forKey: values.hashValue) {
      fault(
        "the rows \(other + 1) and \(row.index + 1) set the same", row: row,
        expected: "each row once, or a value that tells them apart, as a seed")
    }
  }

  private func place(of row: Row) -> String? {
    guard let line = row.line, case .table(let table) = experiment.source else { return nil }
    return "\(table.name):\(line): "
  }

  private mutating func fault(_ message: String, row: Row?, expected: String? = nil) {
    add(Diagnostic(message, at: .root, expected: expected), of: row)
  }

  /// Notes what other rows may share: it is said once.
  private mutating func note(_ diagnostic: Diagnostic, of row: Row) {
    guard said.insert(diagnostic.message).inserted else { return }
    add(diagnostic, of: row)
  }

  private mutating func add(_ diagnostic: Diagnostic, of row: Row?) {
    guard faults.count < Self.most else { left += 1; return }
    var diagnostic = diagnostic
    if let place = row.flatMap(place) { diagnostic.message = place + diagnostic.message }
    faults.append(diagnostic)
  }
}
