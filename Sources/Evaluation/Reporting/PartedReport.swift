import Foundation
package import Foundations

/// What measures came to of each part of a batch's results.
package struct PartedReport: Sendable {
  /// What the parts differ by: axes, columns.
  package var names: [String]
  /// The parts, by their values.
  package var parts: [Part] = []
  /// Rows of the batch that have no picture, and why.
  package var skipped: [PictureSet.Skipped]

  /// A part.
  package struct Part: Sendable {
    /// Its values, in the order of the names.
    package var values: [String]
    /// What measures came to of it.
    package var report: EvaluationReport

    /// A part.
    package init(values: [String], report: EvaluationReport) { (self.values, self.report) = (values, report) }
  }

  /// A report whose parts are still to come.
  package init(by names: [String], skipped: [PictureSet.Skipped]) {
    (self.names, self.skipped) = (names, skipped)
  }

  /// The measures that could not be taken of some part.
  package var failed: [EvaluationReport.Entry] { parts.flatMap(\.report.failed) }

  /// All of it.
  package var json: JSONValue {
    [
      "skipped": .array(skipped.map(\.json)),
      "parts": .array(
        parts.map { part in
          let values = zip(names, part.values).map { ($0, JSONValue.string($1)) }
          var members = part.report.json.object ?? [:]
          members["values"] = .object(Dictionary(values) { $1 })
          return .object(members)
        }),
    ]
  }

  /// The lines of each part's report under one header, with columns for its values before them.
  package var csv: String {
    var lines = [names + EvaluationReport.columns]
    for part in parts { lines += part.report.rows.map { part.values + $0 } }
    return EvaluationReport.csv(lines)
  }

  /// For people: a table of parts and measures, and below it each part's report.
  package var text: String {
    let measures = parts.first?.report.entries.map(\.measure) ?? []
    var rows = [names + measures]
    rows += parts.map { part in part.values + part.report.entries.map(\.figure) }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    let table = rows.map { row in
      zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
        .trimmingTrailingSpaces
    }
    let left = skipped.map { "left out: \($0.name): \($0.reason)" }
    let details = parts.map { part in
      let values = zip(names, part.values).map { "\($0) \($1)" }.joined(separator: ", ")
      return "\n\(values)\n\(part.report.text)"
    }
    return (table + left).joined(separator: "\n") + "\n" + details.joined()
  }
}
