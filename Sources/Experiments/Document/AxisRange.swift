import Foundation

/// Numbers from one to another, or so many of them.
struct AxisRange {
  /// The most values of one axis.
  static let most = 1_000_000

  var from: Double?
  var to: Double?
  var step = 1.0
  var count: Int?

  /// The numbers; nil for what is no range. The last is at most `to`, a rounding error of the steps allowed.
  var values: [Double]? {
    guard let from, from.isFinite, step.isFinite, step != 0, (to == nil) != (count == nil) else { return nil }
    let steps: Double
    if let to {
      guard to.isFinite else { return nil }
      steps = ((to - from) / step * (1 + 1e-12) + 1e-9).rounded(.down)
    } else {
      steps = Double(count ?? 0) - 1
    }
    guard steps >= 0, steps < Double(Self.most) else { return nil }
    // Written as people would: 0.1 + 2 × 0.1 is 0.3.
    return (0...Int(steps)).map { ((from + Double($0) * step) * 1e9).rounded() / 1e9 }
  }

  /// `1..4`, `0..1:0.25`; nil for text that is none.
  init?(_ text: String) {
    guard let dots = text.range(of: "..") else { return nil }
    let rest = text[dots.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
    guard let from = Double(text[..<dots.lowerBound]), (1...2).contains(rest.count), let to = Double(rest[0])
    else { return nil }
    (self.from, self.to) = (from, to)
    if rest.count == 2 {
      guard let step = Double(rest[1]) else { return nil }
      self.step = step
    }
  }

  init(from: Double?, to: Double?, step: Double, count: Int?) {
    (self.from, self.to, self.step, self.count) = (from, to, step, count)
  }
}
