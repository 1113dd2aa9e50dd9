import Foundation
import Foundations

/// What people answered to one question. Each answer, one person's ranking of one group, counts once; where a group was
/// shown twice, the first.
struct QuestionResult: Sendable {
  /// The question.
  var text: String
  /// How many rankings there are.
  var answers: Int
  /// How many people gave them.
  var people: Int
  /// How many groups they are of.
  var groups: Int
  /// By mean rank, the best first.
  var methods: [Method]
  /// In how many answers a row's method stands before a column's, in the order of ``methods``.
  var wins: [[Int]]
  /// Of each person's mean ranks; nil where it says nothing.
  var friedman: FriedmanTest?
  /// Every pair of methods; none where ``friedman`` is nil.
  var pairs: [Pair]
  /// By how much mean ranks of ``friedman`` differ that are told apart; nil but for Nemenyi's test.
  var criticalDifference: Double?

  /// How one method was ranked.
  struct Method: Sendable, Equatable {
    var name: String
    /// From 1, best, to the number of methods.
    var meanRank: Double
    var meanRankInterval: ClosedRange<Double>?
    /// The share of answers in which it is first.
    var first: Double
    var firstInterval: ClosedRange<Double>?
    /// In how many answers it has each rank, from rank 1.
    var ranks: [Int]
  }

  /// Whether two methods differ.
  struct Pair: Sendable, Equatable {
    /// Places in ``methods``.
    var (first, second): (Int, Int)
    /// By how much the second is worse: of Friedman's mean ranks for Nemenyi's test, else the mean over people of their mean
    /// ranks' difference.
    var difference: Double
    /// The probability of such a difference or a greater one if there were none, corrected for the number of pairs.
    var p: Double
    /// Each pair's own test, for Wilcoxon and Holm.
    var wilcoxon: WilcoxonTest?
  }

  /// - Throws: ``StudyFault`` where nobody answered.
  init(_ question: Int, of people: [StudyAnswers.Participant], _ key: StudyKey, _ options: ReportOptions)
    throws
  {
    text = key.questions[question]
    let groups = key.groups.keys.sorted()
    let answered: [[(group: Int, ranks: [Int])]] = people.map { person in
      groups.enumerated().compactMap { index, group in
        person.rankings[Screen(group: group, question: question, isRepeat: false)].map { (index, $0.ranks) }
      }
    }.filter { !$0.isEmpty }
    let rankings = answered.joined().map(\.ranks)
    guard !rankings.isEmpty else { throw StudyFault("nobody whose answers count answered '\(text)'") }
    let all = key.names.indices
    let cells = answered.enumerated().flatMap { person, answers in
      answers.map { answer in
        CrossedBootstrap.Cell(
          person: person, group: answer.group,
          values: answer.ranks.map(Double.init) + answer.ranks.map { $0 == 1 ? 1 : 0 })
      }
    }
    let intervals = CrossedBootstrap(draws: options.draws, seed: options.seed, level: options.level)
      .intervals(of: cells)
    let unordered = all.map { index in
      let ranks = all.map { rank in rankings.count { $0[index] == rank + 1 } }
      return Method(
        name: key.names[index].name,
        meanRank: Double(rankings.map { $0[index] }.reduce(0, +)) / Double(rankings.count),
        meanRankInterval: intervals?[index], first: Double(ranks[0]) / Double(rankings.count),
        firstInterval: intervals?[all.count + index], ranks: ranks)
    }
    let order = all.sorted { (unordered[$0].meanRank, $0) < (unordered[$1].meanRank, $1) }
    (answers, self.people, self.groups) = (rankings.count, answered.count, Set(cells.map(\.group)).count)
    methods = order.map { unordered[$0] }
    wins = order.map { row in order.map { column in rankings.count { $0[row] < $0[column] } } }
    let people = answered.map { PersonSums($0.map(\.ranks), order) }
    friedman = FriedmanTest(people.map(\.means))
    (pairs, criticalDifference) = ([], nil)
    if let friedman { compare(friedman, people, options) }
  }

  /// What one person's ranks of each method add up to, in the order of ``methods``.
  private struct PersonSums {
    let sums: [Int]
    let count: Double

    init(_ rankings: [[Int]], _ order: [Int]) {
      sums = order.map { method in rankings.map { $0[method] }.reduce(0, +) }
      count = Double(rankings.count)
    }

    // Quotients of whole numbers are the nearest doubles, so that equal means and differences are equal doubles.
    var means: [Double] { sums.map { Double($0) / count } }
    func difference(_ first: Int, _ second: Int) -> Double { Double(sums[second] - sums[first]) / count }
  }

  /// Finds ``pairs`` and ``criticalDifference``.
  private mutating func compare(_ friedman: FriedmanTest, _ people: [PersonSums], _ options: ReportOptions) {
    switch options.postHoc {
    case .nemenyi:
      let test = NemenyiTest(people: friedman.blocks, methods: methods.count)
      criticalDifference = test.criticalDifference(at: 1 - options.level)
      pairs = Self.pairs(methods.count).map { first, second in
        let difference = friedman.meanRanks[second] - friedman.meanRanks[first]
        return Pair(first: first, second: second, difference: difference, p: test.p(difference: difference))
      }
    case .wilcoxonHolm:
      pairs = Self.pairs(methods.count).map { first, second in
        let differences = people.map { $0.difference(first, second) }
        let test = WilcoxonTest(differences)
        return Pair(
          first: first, second: second, difference: differences.reduce(0, +) / Double(differences.count),
          p: test.p, wilcoxon: test)
      }
      for (index, p) in HolmCorrection.adjusted(pairs.map(\.p)).enumerated() { pairs[index].p = p }
    }
  }

  private static func pairs(_ count: Int) -> [(Int, Int)] {
    (0..<count).flatMap { first in (first + 1..<count).map { (first, $0) } }
  }
}
