import Foundation

/// Numbers as people read them.
enum Words {
  /// `42.5 %`, for shares that are compared with others.
  static func exactPercent(_ share: Double) -> String { String(format: "%.4g %%", 100 * share) }

  /// `42 %`
  static func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

  /// `1.83`
  static func decimal(_ number: Double, places: Int = 2) -> String {
    String(format: "%.\(places)f", number)
  }

  /// `p = 0.012`, `p < 0.0001`
  static func probability(_ p: Double) -> String {
    p < 1e-4 ? "p < 0.0001" : "p = " + (p < 0.001 ? decimal(p, places: 4) : decimal(p, places: 3))
  }

  /// `0.05`: a probability that somebody chose, without what its arithmetic left.
  static func level(_ p: Double) -> String { String(format: "%.6g", p) }

  /// `1 person`, `2 people`
  static func count(_ count: Int, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }

  /// Rows whose columns stand below each other, each but the first to the right.
  static func table(_ rows: [[String]], indent: String = "  ") -> String {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }
      return indent + cells.joined(separator: "   ")
    }.joined(separator: "\n")
  }
}
