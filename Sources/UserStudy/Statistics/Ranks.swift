/// Values' places in order.
enum Ranks {
  /// The rank of each value from 1, the least first; equal values share the mean of their ranks.
  static func midranks(_ values: [Double]) -> [Double] {
    var ranks = [Double](repeating: 0, count: values.count)
    for tie in ties(values) {
      let middle = Double(tie.lowerBound + tie.upperBound + 1) / 2
      for index in tie.members { ranks[index] = middle }
    }
    return ranks
  }

  /// What midranks take from a variance: the sum of t³ - t over all t equal values.
  static func tieTerm(_ values: [Double]) -> Double {
    ties(values).reduce(0) { sum, tie in
      let count = Double(tie.members.count)
      return sum + count * count * count - count
    }
  }

  /// Values that are equal, and the places they fill in order, from 0.
  private struct Tie {
    var lowerBound: Int
    var members: [Int]
    var upperBound: Int { lowerBound + members.count }
  }

  private static func ties(_ values: [Double]) -> [Tie] {
    var ties: [Tie] = []
    for index in values.indices.sorted(by: { values[$0] < values[$1] }) {
      if let last = ties.last, values[last.members[0]] == values[index] {
        ties[ties.count - 1].members.append(index)
      } else {
        ties.append(Tie(lowerBound: ties.last?.upperBound ?? 0, members: [index]))
      }
    }
    return ties
  }
}
