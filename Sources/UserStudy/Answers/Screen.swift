/// What a participant was shown at once: a group and a question.
struct Screen: Sendable, Hashable {
  /// The group's hash.
  var group: String
  /// From 0.
  var question: Int
  /// Whether the group was shown before.
  var isRepeat: Bool
}

/// A ranking of a screen's pictures.
struct Ranking: Sendable, Equatable {
  /// Each method's rank, from 1, by the methods' names; in an obvious group each picture's, the best first.
  var ranks: [Int]
  /// How long it was looked at.
  var seconds: Double

  /// How many pairs of pictures two rankings order differently, and how many pairs there are.
  static func disagreement(_ first: [Int], _ second: [Int]) -> (differing: Int, pairs: Int) {
    var differing = 0
    for one in first.indices {
      for other in 0..<one where (first[one] < first[other]) != (second[one] < second[other]) {
        differing += 1
      }
    }
    return (differing, first.count * (first.count - 1) / 2)
  }
}
