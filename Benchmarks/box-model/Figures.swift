import Foundation
import Foundations

/// Means over samples, with their standard errors.
struct Figures {
  private let readings: [Reading]

  init(_ readings: [Reading]) { self.readings = readings }

  /// A mean over those samples in which the value could be measured.
  private struct Mean {
    var value: Double
    var standardError: Double
    var count: Int

    init?(_ values: [Double]) {
      guard !values.isEmpty else { return nil }
      count = values.count
      let mean = values.reduce(0, +) / Double(count)
      value = mean
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      standardError = count > 1 ? (squares / Double(count - 1) / Double(count)).squareRoot() : .nan
    }

    var json: JSONValue {
      [
        "mean": .number(value), "standardError": standardError.isFinite ? .number(standardError) : .null,
        "samples": JSONValue(count),
      ]
    }

    var text: String {
      let digits = abs(value) >= 10 ? "%.1f ± %.1f" : "%.3f ± %.3f"
      return String(format: digits, value, standardError)
    }
  }

  /// A row minus another, sample by sample: what both have in common of a sample's difficulty falls out.
  private static let differences: [(row: String, minus: String)] = [
    ("guidance 5", Reading.unconditional), ("guidance 5", "guidance 1"),
    ("guidance 5", Reading.heldAgainstAnother), ("guidance 5", Reading.copyPaste),
    (Reading.scene, Reading.sceneHeldAgainstAnother),
  ]

  private struct Sheet {
    var title: String
    var name: String
    var columns: [String]
    var rows: [(name: String, means: [Mean?])]
  }

  private var sheets: [Sheet] {
    let titles: [Reading.Table: String] = [
      .likeness: "Likeness of the hole to the exemplar",
      .seam: "Jump across the hole's rim (1 = none of its own)",
      .spread: "Mean difference in the hole, of 255 levels",
      .respect: "How far the change keeps to the hole, in levels of 255 where nothing else is said",
    ]
    var sheets = Reading.Table.allCases.map { table in
      let places = readings[0].places.filter { $0.table == table }
      let columns = unique(places.map(\.column))
      return Sheet(
        title: titles[table]!, name: table.rawValue, columns: columns,
        rows: unique(places.map(\.row)).map { row in
          (row, columns.map { column in mean { $0[table, row, column] } })
        })
    }
    let columns = sheets[0].columns
    sheets.insert(
      Sheet(
        title: "The same, sample by sample", name: "likenessDifferences", columns: columns,
        rows: Self.differences.map { row, minus in
          ("\(row) − \(minus)", columns.map { column in mean { difference($0, row, minus, column) } })
        }), at: 1)
    return sheets
  }

  private func mean(_ value: (Reading) -> Double?) -> Mean? { Mean(readings.compactMap(value)) }

  private func difference(_ reading: Reading, _ row: String, _ other: String, _ column: String) -> Double? {
    guard let first = reading[.likeness, row, column], let second = reading[.likeness, other, column] else {
      return nil
    }
    return first - second
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// By table, row and column: mean, standard error, and how many samples it is the mean of.
  var json: JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: sheets.map { sheet in
          let rows = sheet.rows.map { row in
            let cells = zip(sheet.columns, row.means).map { ($0, $1?.json ?? .null) }
            return (row.name, JSONValue.object(Dictionary(uniqueKeysWithValues: cells)))
          }
          return (sheet.name, JSONValue.object(Dictionary(uniqueKeysWithValues: rows)))
        }))
  }

  /// A Markdown table for each.
  var markdown: String {
    sheets.map { sheet in
      let head = "| \(sheet.title) | \(sheet.columns.joined(separator: " | ")) |"
      let rule = "|---|" + sheet.columns.map { _ in "---|" }.joined()
      let rows = sheet.rows.map { row in
        "| \(row.name) | \(row.means.map { $0?.text ?? "–" }.joined(separator: " | ")) |"
      }
      return ([head, rule] + rows).joined(separator: "\n")
    }.joined(separator: "\n\n") + "\n"
  }
}
