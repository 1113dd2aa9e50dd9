import Foundation
public import PipelineKit

/// The rows of a folder of results as a sheet, or in the order of a measure.
public struct ResultTable: Sendable {
  /// The rows whose results are there.
  public let rows: [RowRecord]

  /// Why a table cannot be made.
  public struct Fault: Error, Sendable, CustomStringConvertible {
    /// In words.
    public let description: String
    init(_ description: String) { self.description = description }
  }

  /// The rows of a folder.
  ///
  /// - Throws: ``Fault`` when there are none.
  public init(_ folder: ResultsFolder) throws {
    rows = folder.latest().filter(\.isDone)
    guard !rows.isEmpty else {
      throw Fault("there are no results in \(folder.url.path(percentEncoded: false))")
    }
  }

  /// The best rows by a measure.
  ///
  /// - Parameters:
  ///   - measure: a column.
  ///   - group: a value by which rows are grouped, the best of each being told; nil for one group.
  ///   - ascending: whether less is better.
  /// - Throws: ``Fault`` for a name that no row has.
  public func ranked(by measure: String, group: String?, ascending: Bool) throws -> [(
    group: String, rows: [RowRecord]
  )] {
    let known = Set(rows.flatMap { $0.measures.keys })
    guard known.contains(measure) else { throw Self.unknown("measure", measure, known) }
    if let group { try check(group) }
    let measured = rows.filter { $0.measures[measure]?.number != nil }
    let groups = Dictionary(grouping: measured) { row in group.flatMap { row.values[$0] } ?? "" }
    return groups.sorted { $0.key < $1.key }.map { key, rows in
      let sorted = rows.sorted {
        let (first, second) = ($0.measures[measure]?.number ?? 0, $1.measures[measure]?.number ?? 0)
        return first == second ? $0.name < $1.name : ascending ? first < second : first > second
      }
      return (key, sorted)
    }
  }

  /// A pipeline document that shows rows as a sheet: one value down, one across.
  ///
  /// - Parameters:
  ///   - plan: what it shows.
  /// - Throws: ``Fault`` for a name that no row has, and combinations that are not there or are there more than once.
  public func sheet(_ plan: SheetPlan) throws -> JSONValue {
    let (down, across, output, cell) = (plan.rows, plan.columns, plan.output, plan.cell)
    for name in [down, across].compactMap({ $0 }) { try check(name) }
    let outputs = Set(rows.flatMap { $0.files.keys })
    guard outputs.contains(output) else { throw Self.unknown("output", output, outputs) }
    let columns = values(of: across)
    let lines = down.map { values(of: $0) } ?? [""]
    var stages: [String: JSONValue] = [:]
    var (links, labels): ([JSONValue], [JSONValue]) = ([], [])
    for line in lines {
      for column in columns {
        let here = rows.filter { row in
          value(across, of: row) == column && (down.map { value($0, of: row) == line } ?? true)
        }
        let label = (down.map { [caption($0, line)] } ?? []) + [caption(across, column)]
        guard here.count == 1, let file = here[0].files[output] else {
          throw Fault(
            here.isEmpty
              ? "there is no result for \(label.joined(separator: ", "))"
              : "\(here.count) results are of \(label.joined(separator: ", ")): "
                + here.prefix(3).map(\.name).joined(separator: ", "))
        }
        let id = "picture-\(links.count)"
        stages[id] = ["use": "image.load", "set": ["path": .string(file.path)]]
        links.append(.string("\(id).image"))
        labels.append(.string(label.joined(separator: "  ")))
      }
    }
    stages["sheet"] = [
      "use": "image.sheet", "in": ["images": .array(links)],
      "set": [
        "columns": JSONValue(columns.count), "cellWidth": JSONValue(cell), "cellHeight": JSONValue(cell),
        "labels": .array(labels),
      ],
    ]
    return ["formatVersion": 1, "stages": .object(stages), "outputs": ["sheet": "sheet.image"]]
  }

  /// The values that rows have for a name, in the order in which they first occur; numbers by size.
  private func values(of name: String) -> [String] {
    var seen: Set<String> = []
    let values = rows.sorted { $0.number < $1.number }.compactMap { value(name, of: $0) }
      .filter { seen.insert($0).inserted }
    let numbers = values.compactMap { Double($0) }
    return numbers.count == values.count ? values.sorted { Double($0)! < Double($1)! } : values
  }

  /// What a row has for a name: `row` is what the row itself is called.
  private func value(_ name: String, of row: RowRecord) -> String? {
    name == SheetPlan.row ? row.name : row.values[name]
  }

  /// A value below a picture: of a file, and of a document that takes a stage's place, its name alone.
  private func caption(_ name: String, _ value: String) -> String {
    if name == SheetPlan.row { return value }
    let short = value.contains("/") ? URL(filePath: value).deletingPathExtension().lastPathComponent : value
    return name.hasPrefix("swap:") ? short : "\(name) \(short)"
  }

  private func check(_ name: String) throws {
    guard name != SheetPlan.row else { return }
    let known = Set(rows.flatMap { $0.values.keys })
    guard known.contains(name) else { throw Self.unknown("value", name, known) }
  }

  private static func unknown(_ kind: String, _ name: String, _ known: Set<String>) -> Fault {
    let nearest = nearestName(to: name, among: Array(known)).map { "; did you mean '\($0)'?" } ?? ""
    return Fault(
      "no result has a \(kind) '\(name)'\(nearest)"
        + (known.isEmpty ? "" : " (there are \(known.sorted().joined(separator: ", ")))"))
  }
}
