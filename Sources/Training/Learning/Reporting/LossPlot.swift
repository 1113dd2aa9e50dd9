package import Foundation

/// The loss of a training over its steps, as a picture in SVG that needs nothing else.
package struct LossPlot: Sendable {
  /// The metrics, in order of step.
  package var metrics: [TrainingMetrics]
  /// Whether the loss is drawn on a logarithmic axis; losses of zero and below are left out then.
  package var isLogarithmic: Bool

  /// A plot of metrics.
  package init(_ metrics: [TrainingMetrics], isLogarithmic: Bool = false) {
    self.metrics = metrics
    self.isLogarithmic = isLogarithmic
  }

  /// A plot of a file of JSON lines.
  package init(contentsOf file: URL, isLogarithmic: Bool = false) throws {
    self.init(try MetricsLog.read(file), isLogarithmic: isLogarithmic)
  }

  private static let (width, height) = (800.0, 400.0)
  private static let (left, right, top, bottom) = (70.0, 780.0, 20.0, 360.0)
  /// More points than this are averaged in groups of neighbours.
  private static let pointCount = 700

  /// The picture.
  package var svg: String {
    let points = points
    guard let first = points.first, let last = points.last else { return frame("", note: "no steps yet") }
    let losses = points.map(\.loss)
    let range = padded(losses.min()!...losses.max()!)
    let steps = first.step...max(last.step, first.step + 1)
    let x = { (step: Double) in
      Self.left + (step - steps.lowerBound) / (steps.upperBound - steps.lowerBound) * (Self.right - Self.left)
    }
    let y = { (loss: Double) in
      Self.bottom - (loss - range.lowerBound) / (range.upperBound - range.lowerBound)
        * (Self.bottom - Self.top)
    }
    var body = ""
    for tick in ticks(range) {
      let height = decimal(y(tick))
      body += "<path d=\"M\(decimal(Self.left)) \(height)H\(decimal(Self.right))\" stroke=\"#ddd\"/>\n"
      body +=
        "<text x=\"\(decimal(Self.left - 6))\" y=\"\(height)\" text-anchor=\"end\" dy=\"4\">\(label(tick))</text>\n"
    }
    for step in Set([first.step, (first.step + last.step) / 2, last.step].map { $0.rounded() }).sorted() {
      body += "<text x=\"\(decimal(x(step)))\" y=\"380\" text-anchor=\"middle\">\(Int(step))</text>\n"
    }
    let line = points.map { "\(decimal(x($0.step))),\(decimal(y($0.loss)))" }.joined(separator: " ")
    body += "<polyline points=\"\(line)\" fill=\"none\" stroke=\"#06c\" stroke-width=\"1.5\"/>\n"
    return frame(body, note: "step \(metrics.last!.step): loss \(metrics.last!.loss)")
  }

  /// Mean step and loss of each group of neighbours; the loss's logarithm where the axis is one.
  private var points: [(step: Double, loss: Double)] {
    let drawn = metrics.filter { $0.loss.isFinite && (!isLogarithmic || $0.loss > 0) }
    let group = max(1, (drawn.count + Self.pointCount - 1) / Self.pointCount)
    return stride(from: 0, to: drawn.count, by: group).map { start in
      let members = drawn[start..<min(start + group, drawn.count)]
      let count = Double(members.count)
      let loss = members.map { Double($0.loss) }.reduce(0, +) / count
      return (members.map { Double($0.step) }.reduce(0, +) / count, isLogarithmic ? log10(loss) : loss)
    }
  }

  private func padded(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let span = range.upperBound - range.lowerBound
    let margin = span > 0 ? span * 0.05 : max(abs(range.upperBound) * 0.1, 1e-6)
    return range.lowerBound - margin...range.upperBound + margin
  }

  /// Round numbers in a range, four to ten of them: 1, 2 or 5 times a power of ten apart.
  private func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let power = pow(10, floor(log10((range.upperBound - range.lowerBound) / 4)))
    let step =
      [5, 2, 1].map { $0 * power }.first { (range.upperBound - range.lowerBound) / $0 >= 4 } ?? power
    return stride(from: (range.lowerBound / step).rounded(.up) * step, through: range.upperBound, by: step)
      .map { $0 }
  }

  private func label(_ tick: Double) -> String {
    String(format: "%.3g", isLogarithmic ? pow(10, tick) : tick)
  }

  private func decimal(_ number: Double) -> String { String(format: "%.1f", number) }

  private func frame(_ body: String, note: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
    font-family="sans-serif" font-size="12" fill="#333">
    <rect width="100%" height="100%" fill="#fff"/>
    \(body)<text x="\(decimal(Self.right))" y="14" text-anchor="end">\(note)</text>
    <text x="\(decimal(Self.right))" y="395" text-anchor="end">step</text>
    </svg>

    """
  }
}
