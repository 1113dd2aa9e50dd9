/// A picture of the graph that needs no other program: boxes in rows by their distance from the sources, arrows
/// between them, in one file.
extension PlanGraph {
  private static let boxHeight = 44
  private static let rowGap = 62
  private static let columnGap = 28
  private static let margin = 20

  /// For a browser or a document.
  public var svg: String {
    let layout = self.layout
    let width = layout.width + 2 * Self.margin
    let height = layout.height + 2 * Self.margin
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\">",
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
        + "orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#667\"/></marker></defs>",
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
    ]
    lines += arrows.map { arrow(from: layout.places[$0.from]!, to: layout.places[$0.to]!, label: $0.label) }
    lines += boxes.map { box($0, at: layout.places[$0.id]!) }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private struct Place {
    var x: Int
    var y: Int
    var width: Int
    var middle: Int { x + width / 2 }
  }

  /// Rows from the top; within a row, boxes stand in the order of the mean place of what they are made of.
  private var layout: (places: [String: Place], width: Int, height: Int) {
    let rows = Dictionary(grouping: boxes, by: \.row).sorted { $0.key < $1.key }.map(\.value)
    let widths = rows.map { row in
      row.map { Self.width(of: $0) }.reduce(0, +) + Self.columnGap * (row.count - 1)
    }
    let total = widths.max() ?? 0
    let sources = Dictionary(grouping: arrows, by: \.to)
    var places: [String: Place] = [:]
    for (index, row) in rows.enumerated() {
      let mean = { (box: Box) -> Int in
        let known = (sources[box.id] ?? []).compactMap { places[$0.from]?.middle }
        return known.isEmpty ? total / 2 : known.reduce(0, +) / known.count
      }
      var x = Self.margin + (total - widths[index]) / 2
      for box in row.sorted(by: { (mean($0), $0.id) < (mean($1), $1.id) }) {
        let y = Self.margin + index * (Self.boxHeight + Self.rowGap)
        places[box.id] = Place(x: x, y: y, width: Self.width(of: box))
        x += Self.width(of: box) + Self.columnGap
      }
    }
    return (places, total, rows.count * (Self.boxHeight + Self.rowGap) - Self.rowGap)
  }

  private static func width(of box: Box) -> Int { max(box.id.count * 8, box.stage.count * 7, 60) + 24 }

  private func box(_ box: Box, at place: Place) -> String {
    let fill = box.isSink ? "#e8f3ea" : "#eef1f8"
    return "<rect x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(place.width)\" height=\"\(Self.boxHeight)\" "
      + "rx=\"7\" fill=\"\(fill)\" stroke=\"#889\"/>"
      + "<text x=\"\(place.middle)\" y=\"\(place.y + 19)\" text-anchor=\"middle\" font-size=\"14\">"
      + "\(Self.escaped(box.id))</text>"
      + "<text x=\"\(place.middle)\" y=\"\(place.y + 35)\" text-anchor=\"middle\" font-size=\"11\" fill=\"#667\">"
      + "\(Self.escaped(box.stage))</text>"
  }

  private func arrow(from source: Place, to target: Place, label: String) -> String {
    let (x1, y1) = (source.middle, source.y + Self.boxHeight)
    let (x2, y2) = (target.middle, target.y)
    let bend = max(20, (y2 - y1) / 2)
    // Labels of arrows into one box would lie on each other at the middle.
    let (labelX, labelY) = ((x1 * 2 + x2) / 3, y1 + (y2 - y1) / 3)
    return "<path d=\"M\(x1) \(y1)C\(x1) \(y1 + bend) \(x2) \(y2 - bend) \(x2) \(y2)\" fill=\"none\" "
      + "stroke=\"#667\" marker-end=\"url(#tip)\"/>"
      + "<text x=\"\(labelX)\" y=\"\(labelY)\" text-anchor=\"middle\" font-size=\"10\" fill=\"#446\" "
      + "stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">\(Self.escaped(label))</text>"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
