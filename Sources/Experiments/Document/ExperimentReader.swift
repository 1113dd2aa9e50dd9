public import Foundation
import Foundations
public import PipelineKit
import SystemPackage

extension Experiment {
  /// Whether a document is an experiment's rather than a pipeline's.
  public static func isExperiment(_ source: JSONDocument) -> Bool { source.root["pipeline"] != nil }

  /// Reads an experiment's document, and the pipeline that it names, collecting every fault of its form.
  ///
  /// - Parameters:
  ///   - source: the parsed text.
  ///   - folder: where its relative paths start.
  /// - Throws: ``InvalidDocument``.
  public init(_ source: JSONDocument, folder: URL) throws {
    var reader = ExperimentReader(source: source, folder: folder)
    let experiment = try reader.read()
    guard reader.faults.isEmpty, let experiment else { throw InvalidDocument(reader.faults) }
    self = experiment
  }
}

/// Walks the JSON of one experiment.
private struct ExperimentReader: JSONWalker {
  let source: JSONDocument
  let folder: URL
  var faults: [Diagnostic] = []

  mutating func read() throws -> Experiment? {
    let members = object(
      source.root, at: .root, required: ["formatVersion", "pipeline"],
      optional: [
        "$schema", "notes", "params", "inputs", "set", "axes", "zip", "rows", "name", "measures", "exclude",
        "missing", "sheet",
      ])
    if let version = members["formatVersion"] { checkFormatVersion(version) }
    guard let pipeline = try pipeline(members["pipeline"]) else { return nil }
    var experiment = Experiment(pipeline, folder: folder)
    for (key, prefix) in [("params", "param:"), ("inputs", "input:"), ("set", "")] {
      for (name, value) in entries(members[key], key) {
        if let assignment = fixed(prefix + name, value, at: .root / key / name, of: pipeline) {
          experiment.fixed.append(assignment)
        }
      }
    }
    experiment.fixed.sort { $0.name < $1.name }
    experiment.axes = axes(members["axes"], zipped: members["zip"], of: pipeline)
    experiment.source = try rows(members["rows"], of: pipeline)
    experiment.order = order(members["rows"]?["order"], of: experiment.source)
    experiment.name = members["name"].flatMap {
      string($0, at: .root / "name", "a name, as in \"{scene}-{seed}\"")
    }
    for (name, value) in entries(members["measures"], "measures") {
      let pointer = JSONPointer.root / "measures" / name
      guard let text = string(value, at: pointer, "an output and a member, as in \"change.outside.changed\"")
      else { continue }
      guard let measure = Measure(text) else {
        fault("\"\(text)\" names no member of a report", at: pointer, expected: "\"output.member\"")
        continue
      }
      checkOutput(measure.output, of: pipeline, at: pointer, then: measure.path)
      experiment.measures[name] = measure
    }
    for (index, value) in list(members["exclude"], at: .root / "exclude").enumerated() {
      let pointer = JSONPointer.root / "exclude" / "\(index)"
      guard let combination = value.object else {
        fault("\(value.phrase) stands here", at: pointer, expected: "{\"guidance\": 1, \"seed\": 2}")
        continue
      }
      experiment.excluded.append(combination)
    }
    if let value = members["missing"] {
      let words = ["refuse", "skip"]
      let word = value.string ?? ""
      if words.contains(word) {
        experiment.skipsMissing = word == "skip"
      } else {
        fault(
          "\(value.phrase) says not what becomes of rows whose model is not here", at: .root / "missing",
          expected: "\"refuse\" or \"skip\"", suggestion: nearestName(to: word, among: words))
      }
    }
    experiment.sheet = sheet(members["sheet"], of: experiment)
    return experiment
  }

  private mutating func sheet(_ value: JSONValue?, of experiment: Experiment) -> SheetPlan? {
    guard let value else { return nil }
    let pointer = JSONPointer.root / "sheet"
    let members = object(value, at: pointer, required: ["columns"], optional: ["rows", "output", "cell"])
    let names = experiment.varyingNames
    func name(_ key: String) -> String? {
      guard let value = members[key], let name = string(value, at: pointer / key, "an axis or a column")
      else {
        return nil
      }
      // Which members the lines of a table have, only walking it would tell.
      if case .table = experiment.source { return name }
      if name == SheetPlan.row { return name }
      guard names.contains(name) else {
        fault(
          "nothing called '\(name)' varies from row to row", at: pointer / key,
          expected: "one of " + names.joined(separator: ", "), suggestion: nearestName(to: name, among: names)
        )
        return nil
      }
      return name
    }
    guard let columns = name("columns") else { return nil }
    var sheet = SheetPlan(rows: name("rows"), columns: columns)
    if let value = members["output"], let output = string(value, at: pointer / "output", "an output") {
      sheet.output = output
    }
    if let value = members["cell"] {
      guard let cell = value.integer, SheetPlan.cells.contains(cell) else {
        fault("\(value.phrase) is no size of a cell", at: pointer / "cell", expected: "16 to 2048 pixels")
        return nil
      }
      sheet.cell = cell
    }
    checkOutput(sheet.output, of: experiment.pipeline, at: pointer)
    return sheet
  }

  private mutating func checkOutput(
    _ name: String, of pipeline: PipelineDocument, at pointer: JSONPointer, then path: [String] = []
  ) {
    guard let unknown = Target.unknown(output: name, of: pipeline, then: path) else { return }
    fault(unknown.message, at: pointer, expected: unknown.expected, suggestion: unknown.suggestion)
  }

  private mutating func pipeline(_ value: JSONValue?) throws -> PipelineDocument? {
    guard let value, let path = string(value, at: .root / "pipeline", "the path of a pipeline document")
    else {
      return nil
    }
    do {
      let file = URL(filePath: path, relativeTo: folder).absoluteURL.standardizedFileURL
      return try PipelineDocument(contentsOf: file, named: path)
    } catch let error as UnreadableDocument {
      fault("\(error)", at: .root / "pipeline")
      return nil
    } catch let invalid as InvalidDocument {
      faults += invalid.diagnostics
      return nil
    }
  }

  /// Checks that the pipeline has such a name; the assignment is known by the name without a needless prefix.
  private mutating func fixed(
    _ name: String, _ value: JSONValue, at pointer: JSONPointer, of pipeline: PipelineDocument
  )
    -> Assignment?
  {
    guard target(name, at: pointer, of: pipeline) else { return nil }
    return Assignment(name, value)
  }

  private mutating func target(_ name: String, at pointer: JSONPointer, of pipeline: PipelineDocument) -> Bool
  {
    do {
      _ = try Target(name, of: pipeline)
      return true
    } catch {
      fault(error.message, at: pointer, key: true, expected: error.expected, suggestion: error.suggestion)
      return false
    }
  }

  private mutating func axes(_ value: JSONValue?, zipped: JSONValue?, of pipeline: PipelineDocument) -> [Axis]
  {
    let pointer = JSONPointer.root / "axes"
    var values: [String: [JSONValue]] = [:]
    for (name, value) in entries(value, "axes") where target(name, at: pointer / name, of: pipeline) {
      values[name] = axis(value, at: pointer / name)
    }
    var axes: [Axis] = []
    for (index, group) in list(zipped, at: .root / "zip").enumerated() {
      let place = JSONPointer.root / "zip" / "\(index)"
      let names = group.array?.compactMap(\.string) ?? []
      guard names.count >= 2, names.count == group.array?.count else {
        fault("\(group.phrase) stands here", at: place, expected: "the names of axes: [\"scene\", \"mask\"]")
        continue
      }
      let missing = names.filter { values[$0] == nil }
      guard missing.isEmpty else {
        for name in missing {
          fault(
            "there is no axis '\(name)'", at: place,
            suggestion: nearestName(to: name, among: Array(values.keys)))
        }
        continue
      }
      let columns = names.map { values.removeValue(forKey: $0) ?? [] }
      guard let count = columns.first?.count, columns.allSatisfy({ $0.count == count }) else {
        let lengths = zip(names, columns).map { "\($0) has \($1.count)" }.joined(separator: ", ")
        fault("zipped axes have different lengths: \(lengths)", at: place)
        continue
      }
      let rows = (0..<count).map { row in columns.map { $0[row] } }
      if Set(rows).count < rows.count { fault("the same values stand twice on zipped axes", at: place) }
      axes.append(Axis(rows.map { row in zip(names, row).map { Assignment($0, $1) } }, at: place))
    }
    for (name, values) in values where Set(values).count < values.count {
      fault("a value stands twice on the axis", at: pointer / name)
    }
    // Members of an object have no order; the names' is as good as any, and the same every time.
    axes += values.sorted { $0.key < $1.key }.map { name, values in
      Axis(values.map { [Assignment(name, $0)] }, at: pointer / name)
    }
    return axes
  }

  /// A list, a range, or a count of whole numbers.
  private mutating func axis(_ value: JSONValue, at pointer: JSONPointer) -> [JSONValue] {
    if let values = value.array {
      if values.isEmpty { fault("the axis has no values", at: pointer, expected: "at least one") }
      return values
    }
    let expected = "a list, {\"from\": 1, \"to\": 9, \"step\": 2}, or {\"count\": 4, \"from\": 321}"
    guard value.object != nil else {
      fault("\(value.phrase) is no axis", at: pointer, expected: expected)
      return []
    }
    let members = object(value, at: pointer, optional: ["from", "to", "step", "count"])
    let from = members["from"]?.number
    let range = AxisRange(
      from: from ?? (members["count"] == nil ? nil : 1), to: members["to"]?.number,
      step: members["step"]?.number ?? 1, count: members["count"]?.integer)
    guard let values = range.values else {
      fault("this is no range of 1 to \(AxisRange.most) numbers", at: pointer, expected: expected)
      return []
    }
    return values.map { .number($0) }
  }

  private mutating func rows(_ value: JSONValue?, of pipeline: PipelineDocument) throws -> RowSource {
    guard let value else { return .one }
    let pointer = JSONPointer.root / "rows"
    let expected = "{\"table\": \"rows.csv\"}, or {\"files\": {\"scene\": \"in/{id}.png\"}}"
    let members = object(value, at: pointer, optional: ["table", "files", "order"])
    if let table = members["table"], members.count == 1 {
      guard let path = string(table, at: pointer / "table", "the path of a .csv or .jsonl file") else {
        return .one
      }
      return .table(RowTable(URL(filePath: path, relativeTo: folder).absoluteURL, named: path))
    }
    guard let files = members["files"]?.object, members["table"] == nil, !files.isEmpty else {
      fault("rows come from one table or from files", at: pointer, expected: expected)
      return .one
    }
    var patterns: [FilePattern] = []
    for (name, value) in files.sorted(by: { $0.key < $1.key }) {
      let place = pointer / "files" / name
      guard target(name, at: place, of: pipeline),
        let text = string(value, at: place, "a pattern: in/{id}.png")
      else { continue }
      do {
        patterns.append(try FilePattern(text, sets: name))
      } catch {
        fault(error.message, at: place, expected: "a pattern: \"in/{id}.png\"")
      }
    }
    return .files(patterns)
  }

  private mutating func order(_ value: JSONValue?, of source: RowSource) -> RowOrder? {
    guard let value else { return nil }
    let pointer = JSONPointer.root / "rows" / "order"
    guard let list = value.object, list.count == 1, let (capture, path) = list.first,
      let path = path.string
    else {
      fault("\(value.phrase) is no order of rows", at: pointer, expected: "{\"id\": \"ids.txt\"}")
      return nil
    }
    let captures = Set(source.patterns.flatMap(\.captures))
    guard captures.contains(capture) else {
      fault(
        "no pattern has {\(capture)}", at: pointer / capture,
        expected: "one of " + captures.sorted().joined(separator: ", "),
        suggestion: nearestName(to: capture, among: Array(captures)))
      return nil
    }
    return RowOrder(capture, by: URL(filePath: path, relativeTo: folder).absoluteURL, named: path)
  }

  private mutating func entries(_ value: JSONValue?, _ name: String) -> [(String, JSONValue)] {
    children(of: value, at: .root / name).sorted { $0.key < $1.key }
  }

  private mutating func list(_ value: JSONValue?, at pointer: JSONPointer) -> [JSONValue] {
    guard let value else { return [] }
    guard let values = value.array else {
      fault("\(value.phrase) stands here", at: pointer, expected: "a list")
      return []
    }
    return values
  }
}
