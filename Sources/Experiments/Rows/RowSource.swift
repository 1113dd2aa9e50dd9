import Foundation
import PipelineKit

/// Where an experiment's rows come from, before the axes multiply them.
public enum RowSource: Sendable, Hashable {
  /// One row, which sets nothing.
  case one
  case table(RowTable)
  /// Files by patterns, joined by what their braces have in common. Where they share none, every file goes with every
  /// other.
  case files([FilePattern])
}

extension Experiment {
  /// The names that rows differ by, but for a table's columns, which only reading it tells.
  var varyingNames: [String] {
    let axes = axes.filter { $0.places.count > 1 || source == .one }.flatMap(\.names)
    let captures = Set(source.patterns.flatMap(\.captures)).sorted()
    let position = order == nil ? [] : [RowOrder.position]
    return captures + position + source.patterns.map(\.name) + axes
  }
}

/// One run of the pipeline.
public struct Row: Sendable {
  /// Its number, from 0, among all rows of the experiment.
  public let index: Int
  /// Everything that is set: fixed values, the table's, the axes'.
  public let values: [Assignment]
  /// What varies from row to row, by name: what it is called by.
  public let varying: [String: String]
  /// The table's line; nil for rows that come from no table.
  public let line: Int?
}

/// Walks the rows of an experiment in order, without holding them.
struct RowReader {
  private let experiment: Experiment
  private var table: RowTable.Reader?
  private var files: [FileJoin.Row] = []
  private var base = -1
  private var current: (cells: [Assignment], captured: [String: String], line: Int?)?
  private let combinations: Int
  private var combination = 0
  private var index = 0

  /// - Throws: ``RowTable/Fault`` for a table or a list that cannot be read.
  init(_ experiment: Experiment) throws {
    self.experiment = experiment
    combinations = experiment.axes.reduce(1) { $0 * $1.places.count }
    combination = combinations
    switch experiment.source {
    case .one: files = [FileJoin.Row()]
    case .table(let source): table = try source.reader()
    case .files(let patterns):
      files = FileJoin(patterns, in: experiment.folder).rows
      if let order = experiment.order { files = try order.sorted(files) }
    }
  }

  /// The names of a CSV's columns.
  var columns: [String] { table?.columns ?? [] }

  /// What the rows of a table can be called by.
  var names: [String] { table?.names ?? [] }

  /// The next row; nil after the last. Where a line is broken, the next call goes on behind it.
  mutating func next() throws -> Row? {
    while true {
      if combination >= combinations {
        guard try advance() else { return nil }
        combination = 0
      }
      guard let current else { return nil }
      let chosen = places(combination)
      combination += 1
      let values = experiment.fixed + current.cells + chosen
      if isExcluded(values) { continue }
      var varying = current.captured
      for assignment in current.cells + chosen { varying[assignment.name] = assignment.text }
      defer { index += 1 }
      return Row(index: index, values: values, varying: varying, line: current.line)
    }
  }

  private mutating func advance() throws -> Bool {
    if table != nil {
      guard let line = try table?.next() else { return false }
      current = (line.cells, [:], line.number)
      return true
    }
    base += 1
    guard base < files.count else { return false }
    let row = files[base]
    current = (row.files + captured(row), row.captured, nil)
    return true
  }

  /// What braces that have a param's name set it to.
  private func captured(_ row: FileJoin.Row) -> [Assignment] {
    row.captured.sorted { $0.key < $1.key }.compactMap { name, text in
      guard let param = experiment.pipeline.params[name], !param.kind.isPath else { return nil }
      let isAlone = experiment.pipeline.inputs[name] == nil
      return Assignment(isAlone ? name : "param:\(name)", .string(text), isText: true)
    }
  }

  /// The first axis changes slowest.
  private func places(_ number: Int) -> [Assignment] {
    var rest = number
    var chosen: [[Assignment]] = []
    for axis in experiment.axes.reversed() {
      chosen.append(axis.places[rest % axis.places.count])
      rest /= axis.places.count
    }
    return chosen.reversed().flatMap { $0 }
  }

  private func isExcluded(_ values: [Assignment]) -> Bool {
    experiment.excluded.contains { combination in
      combination.allSatisfy { name, value in
        values.last { $0.name == name }.map { $0.value == value || $0.text == (value.string ?? "\u{0}") }
          == true
      }
    }
  }
}
