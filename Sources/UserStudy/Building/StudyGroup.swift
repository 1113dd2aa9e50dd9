import Experiments
import Foundation
import Foundations
import Imaging
import PipelineKit

/// Results of the same inputs, one of each method.
struct StudyGroup: Sendable {
  /// What its rows have in common: `scene=a.png, seed=1`.
  var name: String
  /// The rows by method.
  var rows: [String: Row]

  /// A row, and where it lies.
  struct Row: Sendable {
    var record: RowRecord
    var folder: ResultsFolder
    /// The picture to show.
    var picture: RowRecord.File
    /// Where that lies.
    var file: URL { picture.url(in: folder.url) }
  }
}

/// The groups of some folders of results.
struct StudyGroups: Sendable {
  /// The methods, sorted by name.
  let methods: [String]
  /// All groups that have every method, in the order of their first rows.
  let groups: [StudyGroup]
  /// Names of groups that lack a method.
  let skipped: [String]

  /// - Throws: ``StudyFault`` for names that no row has, rows that cannot be told apart, and groups without all methods.
  init(_ folders: [ResultsFolder], _ options: StudyOptions) throws {
    let rows = try folders.flatMap { try Self.rows(of: $0) }
    let names = Set(rows.flatMap { $0.values.keys })
    try Self.check([options.method] + options.groupBy, among: names)
    let labels =
      options.groupBy.isEmpty
      ? names.subtracting([options.method, "folder"]).filter { !Self.follows($0, options.method, rows) }
        .sorted()
      : options.groupBy
    if let row = rows.first(where: { $0.values[options.method] == nil }) {
      throw StudyFault(
        "row '\(row.record.name)' of \(row.folder.words) has no '\(options.method)', which tells methods apart"
      )
    }
    let methods = Set(rows.compactMap { $0.values[options.method] }).sorted()
    guard StudyOptions.methods.contains(methods.count) else {
      throw StudyFault(
        "people rank \(StudyOptions.methods.lowerBound) to \(StudyOptions.methods.upperBound) methods; by "
          + "'\(options.method)' there \(methods.count == 1 ? "is" : "are") \(methods.count): \(methods.listed())"
      )
    }
    var order: [String] = []
    var groups: [String: [String: Candidate]] = [:]
    for row in rows {
      let name = labels.map { "\($0)=\(row.values[$0] ?? "")" }.joined(separator: ", ")
      let method = row.values[options.method] ?? ""
      if groups[name] == nil { order.append(name) }
      if let other = groups[name, default: [:]].updateValue(row, forKey: method) {
        throw StudyFault(
          "rows '\(other.record.name)' and '\(row.record.name)' are both of method '\(method)' in the group "
            + "'\(name)'; --group-by names what tells groups apart")
      }
    }
    (self.methods, self.groups, skipped) = try Self.complete(order, groups, methods, options)
  }

  private static func complete(
    _ order: [String], _ groups: [String: [String: Candidate]], _ methods: [String], _ options: StudyOptions
  ) throws -> (methods: [String], groups: [StudyGroup], skipped: [String]) {
    var faults: [String] = []
    var (whole, skipped) = ([StudyGroup](), [String]())
    for name in order {
      let rows = groups[name] ?? [:]
      let missing = methods.filter { rows[$0]?.record.isDone != true }
      guard missing.isEmpty else {
        skipped.append(name)
        let failed = missing.filter { rows[$0] != nil }
        faults.append(
          "'\(name)' lacks \(missing.listed())" + (failed.isEmpty ? "" : " (failed: \(failed.listed()))"))
        continue
      }
      whole.append(StudyGroup(name: name, rows: try rows.mapValues { try $0.shown(options.output) }))
    }
    guard faults.isEmpty || options.skipsIncomplete else {
      throw StudyFault(
        "\(faults.count) of \(order.count) groups do not have a result of every method:\n  "
          + faults.prefix(10).joined(separator: "\n  ") + (faults.count > 10 ? "\n  …" : "")
          + "\n--complete-only leaves them out; --group-by names what tells groups apart")
    }
    return (methods, whole, skipped)
  }

  private static func check(_ names: [String], among known: Set<String>) throws {
    for name in names where !known.contains(name) {
      let nearest = nearestName(to: name, among: Array(known)).map { "; did you mean '\($0)'?" } ?? ""
      throw StudyFault(
        "no result has a value '\(name)'\(nearest) (there are \(known.sorted().joined(separator: ", ")))")
    }
  }

  /// Whether a value is fixed by the method's: it says nothing about groups.
  private static func follows(_ name: String, _ method: String, _ rows: [Candidate]) -> Bool {
    var seen: [String: String] = [:]
    for row in rows {
      let value = row.values[name] ?? ""
      if seen.updateValue(value, forKey: row.values[method] ?? "") ?? value != value { return false }
    }
    return Set(seen.values).count > 1
  }

  private static func rows(of folder: ResultsFolder) throws -> [Candidate] {
    let records = folder.latest()
    guard !records.isEmpty else { throw StudyFault("\(folder.words) holds no results of a batch") }
    return records.map { record in
      var values = record.values
      values["folder"] = values["folder"] ?? folder.url.standardizedFileURL.lastPathComponent
      return Candidate(record: record, folder: folder, values: values)
    }
  }
}

/// A row that may be shown.
private struct Candidate {
  var record: RowRecord
  var folder: ResultsFolder
  var values: [String: String]

  /// The row with the picture that people see.
  func shown(_ output: String?) throws -> StudyGroup.Row {
    let pictures = record.files.filter {
      (try? ImageFormat(path: $0.value.path)).map { $0 != .vips } ?? false
    }
    let name = output ?? (pictures["picture"] == nil && pictures.count == 1 ? pictures.keys.first : "picture")
    guard let name, let picture = pictures[name] else {
      throw StudyFault(
        "row '\(record.name)' of \(folder.words) has no picture '\(name ?? "")'; --output names one of "
          + (pictures.isEmpty ? "its outputs, of which none is a picture" : pictures.keys.sorted().listed()))
    }
    return StudyGroup.Row(record: record, folder: folder, picture: picture)
  }
}

extension ResultsFolder {
  /// The folder's path.
  fileprivate var words: String { url.path(percentEncoded: false) }
}
