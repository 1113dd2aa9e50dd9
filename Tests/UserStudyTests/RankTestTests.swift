import Foundation
import Foundations
import Testing

@testable import UserStudy

/// What `Scripts/fixtures/study.py` wrote: what SciPy and scikit-posthocs say of some studies.
enum Reference {
  static var json: JSONValue {
    get throws {
      let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/study.json")
      return try JSONValue(parsing: Data(contentsOf: file))
    }
  }

  static let studies = ["few", "ties", "few-ties", "many", "nine", "clear"]

  static func study(_ name: String) throws -> Study {
    Study(json: try #require(try json["studies"]?[name]))
  }

  struct Study {
    var json: JSONValue
    /// Ranks by person, group and method.
    var ranks: [[[Int]]] {
      (json["ranks"]?.array ?? []).map { ($0.array ?? []).map { ($0.array ?? []).compactMap(\.integer) } }
    }
    /// Each person's mean ranks.
    var means: [[Double]] {
      ranks.map { groups in
        groups[0].indices.map { method in
          Double(groups.map { $0[method] }.reduce(0, +)) / Double(groups.count)
        }
      }
    }
    /// Pairs of methods, as the numbers of pairs are sorted.
    var pairs: [(Int, Int)] {
      let count = ranks[0][0].count
      return (0..<count).flatMap { first in (first + 1..<count).map { (first, $0) } }
    }
    /// A person's ranks of one method less those of another, by person.
    func differences(_ first: Int, _ second: Int) -> [Double] {
      ranks.map { groups in Double(groups.map { $0[first] - $0[second] }.reduce(0, +)) / Double(groups.count)
      }
    }
    func number(_ name: String) throws -> Double { try #require(json[name]?.number) }
    func numbers(_ name: String) throws -> [Double] { try #require(json[name]?.array).compactMap(\.number) }
  }
}

/// Whether numbers differ by no more than that, relative to those above 1.
func agree(_ first: [Double], _ second: [Double], within bound: Double = 1e-9) -> Bool {
  first.count == second.count && zip(first, second).allSatisfy { abs($0 - $1) <= bound * max(1, abs($1)) }
}

@Suite("tests of ranks")
struct RankTestTests {
  @Test("Friedman's χ² with ties, its p, and Kendall's W are SciPy's", arguments: Reference.studies)
  func friedman(_ name: String) throws {
    let study = try Reference.study(name)
    let test = try #require(FriedmanTest(study.means))
    #expect(agree([test.chiSquared], [try study.number("chiSquared")]))
    #expect(agree([test.p], [try study.number("p")]))
    #expect(abs(test.p / (try study.number("p")) - 1) < 1e-9)
    #expect(agree([test.concordance], [try study.number("concordance")]))
  }

  @Test("Nemenyi's probabilities are scikit-posthocs'", arguments: Reference.studies)
  func nemenyi(_ name: String) throws {
    let study = try Reference.study(name)
    let ranks = try #require(FriedmanTest(study.means)).meanRanks
    let test = NemenyiTest(people: study.ranks.count, methods: ranks.count)
    #expect(
      agree(
        study.pairs.map { test.p(difference: ranks[$0] - ranks[$1]) }, try study.numbers("nemenyi"),
        within: 1e-6))
  }

  @Test("Wilcoxon's statistic and probability are SciPy's, exact or not", arguments: Reference.studies)
  func wilcoxon(_ name: String) throws {
    let study = try Reference.study(name)
    let tests = study.pairs.map { WilcoxonTest(study.differences($0, $1)) }
    #expect(agree(tests.map(\.statistic), try study.numbers("wilcoxon")))
    #expect(agree(tests.map(\.p), try study.numbers("wilcoxonP")))
    #expect(agree(HolmCorrection.adjusted(tests.map(\.p)), try study.numbers("holm")))
  }

  @Test("the fixture has studies of both kinds")
  func kinds() throws {
    let exact = try Set(
      Reference.studies.flatMap { name in
        let study = try Reference.study(name)
        return study.pairs.map { WilcoxonTest(study.differences($0, $1)).isExact }
      })
    #expect(exact == [true, false])
  }

  @Test("the studentized range's probabilities are SciPy's, and their inverse")
  func range() throws {
    for row in try #require(try Reference.json["range"]?.array) {
      let (range, count) = (try #require(row["range"]?.number), try #require(row["count"]?.integer))
      let above = Distributions.range(above: range, count: count)
      #expect(agree([above], [try #require(row["above"]?.number)], within: 1e-6), "\(range) of \(count)")
      // A range so small that it is all but certain is not to be had back from its probability.
      guard range >= 1 else { continue }
      #expect(abs(Distributions.range(exceededWith: above, count: count) - range) < 1e-9 * range)
    }
    for row in try #require(try Reference.json["exceeded"]?.array) {
      let (p, count) = (try #require(row["p"]?.number), try #require(row["count"]?.integer))
      #expect(
        agree(
          [Distributions.range(exceededWith: p, count: count)], [try #require(row["range"]?.number)],
          within: 1e-6))
    }
  }

  @Test("of two methods the range is a difference, however far out")
  func far() {
    for range in [0.1, 1, 5, 12, 30] {
      let exact = Distributions.normal(beyond: range / 2.0.squareRoot())
      #expect(abs(Distributions.range(above: range, count: 2) / exact - 1) < 1e-12, "\(range)")
    }
  }

  @Test("the χ² distribution's probabilities are SciPy's")
  func chiSquared() throws {
    for row in try #require(try Reference.json["chiSquared"]?.array) {
      let above = try #require(row["above"]?.number)
      let own = Distributions.chiSquared(
        above: try #require(row["value"]?.number),
        degreesOfFreedom: try #require(row["degreesOfFreedom"]?.integer))
      #expect(abs(own - above) <= 1e-12 * above)
    }
  }

  @Test("nothing to tell apart is no test, and no difference")
  func degenerate() {
    #expect(FriedmanTest([]) == nil && FriedmanTest([[1, 2]]) == nil)
    #expect(FriedmanTest([[2, 2, 2], [2, 2, 2]]) == nil)
    #expect(WilcoxonTest([0, 0, 0]).p == 1 && WilcoxonTest([]).p == 1)
    #expect(FriedmanTest([[1, 2, 3], [1, 2, 3]])?.concordance == 1)
  }
}
