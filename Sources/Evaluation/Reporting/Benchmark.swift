import Foundation
import Foundations

/// The table of a benchmark: which measures it has, and what was published of others.
package struct Benchmark: Sendable, Hashable {
  /// What it is asked for by.
  package var name: String
  /// What it is, in a line.
  package var title: String
  /// The names of its measures, in the table's order.
  package var measures: [String]
  /// How many pictures the published figures are of.
  package var pictures: Int
  /// The published figures.
  package var published: [Row]
  /// Where those were published.
  package var source: String
  /// What a measure takes to be comparable with them, by its name.
  package var needs: [String: String]

  /// What was published of a method.
  package struct Row: Sendable, Hashable {
    /// The method.
    package var method: String
    /// The figures, by measure.
    package var figures: [String: Double]
  }

  /// The benchmarks there are.
  package static let all = [cocoee]

  /// COCOEE, on which Paint by Example was measured.
  package static let cocoee = Benchmark(
    name: "cocoee", title: "COCOEE (Yang et al. 2023)",
    measures: ["clip-fid", "qs", "clip-score-authors"], pictures: 3500,
    published: [
      row("Blended Diffusion, text", 7.52, 55.89, 72.62), row("Blended Diffusion, image", 4.60, 67.14, 80.65),
      row("DCCF", 3.78, 71.49, 82.18), row("Stable Diffusion", 3.66, 73.20, 75.33),
      row("Paint by Example", 3.18, 77.80, 84.97),
    ],
    source: "Yang et al. 2023, table 1",
    needs: [
      "clip-fid":
        "the published figures are to COCO's test2017, 40,670 pictures: the middle squares of 512 by 512, the short edge resized",
      "qs":
        "the published figures are by the authors' mixture, coco2017_gmm_k20, which the README of Fantasy-Studio/Paint-by-Example links",
    ])

  private static func row(_ method: String, _ fid: Double, _ quality: Double, _ score: Double) -> Row {
    Row(method: method, figures: ["clip-fid": fid, "qs": quality, "clip-score-authors": score])
  }

  /// The table, published figures above what was measured here.
  func table(of entries: [EvaluationReport.Entry]) -> [String] {
    let known = Dictionary(entries.map { ($0.measure, $0) }) { first, _ in first }
    let own = measures.map { known[$0]?.value.map { String(format: "%.2f", $0) } ?? "not taken" }
    var rows = [[title] + measures + [""]]
    rows += published.map { row in
      [row.method] + measures.map { row.figures[$0].map { String(format: "%.2f", $0) } ?? "" } + ["published"]
    }
    rows.append(["these pictures"] + own + ["measured here"])
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    var lines = rows.map { row in
      row.enumerated().map { column, cell in
        let pad = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + pad : column == row.count - 1 ? cell : pad + cell
      }.joined(separator: "  ").trimmingTrailingSpaces
    }
    lines.append("Published: \(source), of \(pictures) pictures.")
    for measure in measures {
      guard let entry = known[measure], entry.value != nil else { continue }
      if entry.pictures != pictures {
        lines.append(
          "\(measure): of \(entry.pictures) pictures, so that it cannot be compared with the published ones")
      }
    }
    lines += measures.compactMap { measure in needs[measure].map { "\(measure): \($0)" } }
    return lines
  }

  /// The published figures as lines of a table of measures: measure, value, and what they are in the last column.
  func lines(columns: Int) -> [[String]] {
    published.flatMap { row in
      measures.compactMap { measure in
        row.figures[measure].map { figure in
          [measure, "\(figure)"] + Array(repeating: "", count: columns - 3)
            + ["published: \(row.method), \(source)"]
        }
      }
    }
  }

  /// The published figures.
  var json: JSONValue {
    [
      "name": .string(name), "title": .string(title), "source": .string(source),
      "pictures": JSONValue(pictures), "measures": .array(measures.map { .string($0) }),
      "published": .array(
        published.map { row in
          ["method": .string(row.method), "figures": .object(row.figures.mapValues { .number($0) })]
        }),
    ]
  }
}

extension String {
  /// The text without the spaces at its end.
  var trimmingTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
