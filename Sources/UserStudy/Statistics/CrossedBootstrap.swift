import Foundations

/// How far means would move with other people and other groups: both are drawn again from those at hand, independently of
/// each other (Owen 2007, the pigeonhole bootstrap).
struct CrossedBootstrap: Sendable {
  /// How often they are drawn.
  var draws: Int
  /// Fixes the draws.
  var seed: Int
  /// What share of draws an interval holds.
  var level: Double

  /// What one person said of one group.
  struct Cell: Sendable {
    var person: Int
    var group: Int
    /// As many in every cell.
    var values: [Double]
  }

  /// An interval for the mean over cells of each value: what lies between quantiles of the draws. nil with fewer than two
  /// people or groups, which say nothing of others.
  func intervals(of cells: [Cell]) -> [ClosedRange<Double>]? {
    let people = (cells.map(\.person).max() ?? 0) + 1
    let groups = (cells.map(\.group).max() ?? 0) + 1
    guard Set(cells.map(\.person)).count > 1, Set(cells.map(\.group)).count > 1 else { return nil }
    var random = SeededGenerator(seed: seed, stream: "people and groups")
    var means = cells[0].values.map { _ in [Double]() }
    while means[0].count < draws {
      let (one, other) = (Self.drawn(people, &random), Self.drawn(groups, &random))
      var (total, sums) = (0.0, [Double](repeating: 0, count: means.count))
      for cell in cells {
        let weight = one[cell.person] * other[cell.group]
        guard weight > 0 else { continue }
        total += weight
        for index in sums.indices { sums[index] += weight * cell.values[index] }
      }
      // People who answered none of the groups drawn are no study: they are drawn again.
      guard total > 0 else { continue }
      for index in sums.indices { means[index].append(sums[index] / total) }
    }
    return means.map { drawn in
      let sorted = drawn.sorted()
      return Self.quantile(sorted, (1 - level) / 2)...Self.quantile(sorted, (1 + level) / 2)
    }
  }

  /// How often each of so many things is drawn, in as many draws.
  private static func drawn(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
    var times = [Double](repeating: 0, count: count)
    for _ in 0..<count { times[Int.random(in: 0..<count, using: &random)] += 1 }
    return times
  }

  /// A quantile of sorted values, linear between them.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
}
