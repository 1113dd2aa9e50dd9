import Foundation
import Foundations
import Testing

@testable import UserStudy

@Suite("reports of studies")
struct StudyReportTests {
  private func report(
    _ study: InventedStudy, _ people: [[String]], _ change: (inout ReportOptions) -> Void = { _ in }
  ) throws -> StudyReport {
    var options = ReportOptions()
    options.draws = 100
    change(&options)
    let files = try people.enumerated().map { try study.write($1, to: "\($0).csv") }
    return try StudyReport(of: StudyAnswers(files: files, key: study.key), options)
  }

  @Test("say what SciPy and scikit-posthocs say", arguments: Reference.studies)
  func reference(_ name: String) throws {
    let reference = try Reference.study(name)
    let count = reference.ranks[0][0].count
    // By name, the methods are in the order of the fixture's.
    let methods = (0..<count).map { "method \($0)" }
    let study = try InventedStudy(methods: methods, groups: reference.ranks[0].count)
    let people = reference.ranks.enumerated().map { study.rows("p\($0)", $1) }
    let nemenyi = try #require(try report(study, people).questions.first)
    let wilcoxon = try #require(try report(study, people) { $0.postHoc = .wilcoxonHolm }.questions.first)
    let places = try methods.map { name in try #require(nemenyi.methods.firstIndex { $0.name == name }) }
    #expect(
      nemenyi.people == reference.ranks.count && nemenyi.answers == people.count * reference.ranks[0].count)
    #expect(agree(places.map { nemenyi.methods[$0].meanRank }, try reference.numbers("meanRanks")))
    #expect(agree(places.map { nemenyi.methods[$0].first }, try reference.numbers("first")))
    let wins = try #require(reference.json["wins"]?.array).map { ($0.array ?? []).compactMap(\.integer) }
    #expect(places.map { row in places.map { nemenyi.wins[row][$0] } } == wins)
    let friedman = try #require(nemenyi.friedman)
    #expect(agree([friedman.chiSquared], [try reference.number("chiSquared")]))
    #expect(agree([friedman.p], [try reference.number("p")]))
    #expect(agree([friedman.concordance], [try reference.number("concordance")]))
    func p(_ question: QuestionResult) throws -> [Double] {
      try reference.pairs.map { first, second in
        let pair = Set([places[first], places[second]])
        let found = try #require(question.pairs.first { Set([$0.first, $0.second]) == pair })
        return found.p
      }
    }
    #expect(agree(try p(nemenyi), try reference.numbers("nemenyi"), within: 1e-6))
    #expect(agree(try p(wilcoxon), try reference.numbers("holm")))
    #expect(nemenyi.methods.map(\.meanRank) == nemenyi.methods.map(\.meanRank).sorted())
  }

  @Test("leave out who does not look and who answers differently each time, and say why")
  func exclusions() throws {
    let study = try InventedStudy(questions: ["Best?", "Closest?"])
    let all = [[1, 2, 3], [1, 2, 3]]
    let good = (1...2).flatMap { study.rows("good", all, question: $0) }
    // One of the two obvious screens has two of its three pairs wrong.
    let blind =
      study.rows("blind", all).filter { !$0.contains(",obvious,") }
      + study.screen("blind", "obvious", [3, 1, 2])
      + study.rows("blind", all, question: 2)
    // The first group is shown again with the first question only, and turned around.
    let fickle =
      study.rows("fickle", all).filter { !$0.contains(",g1000,0,") }
      + study.screen("fickle", "g1000", [3, 2, 1], again: true)
      + study.screen("fickle", "g1000", [1, 2, 3], question: 2)
    let report = try report(study, [good, blind, fickle]) { $0.attentionLimit = 0.3 }
    #expect(report.participants.map(\.attention) == [0, 2.0 / 6, 0])
    #expect(report.participants.map(\.repeats) == [0, 0, 1])
    #expect(report.participants[0].exclusions == [])
    #expect(
      report.participants[1].exclusions == [
        "orders 33.33 % of the pairs of obvious pictures wrongly (limit 30 %)"
      ])
    #expect(
      report.participants[2].exclusions == [
        "orders 100 % of pairs differently when a group is shown again (limit 40 %)"
      ])
    #expect(
      report.questions.allSatisfy { $0.people == 1 && $0.friedman == nil && $0.methods[0].name == "alpha" })
    #expect(
      report.text.contains("Left out:\n  blind (") && report.text.contains("3 people answered, 1 counts"))
    let lenient = try self.report(study, [good, blind, fickle]) {
      ($0.attentionLimit, $0.repeatLimit) = (1, 1)
    }
    #expect(lenient.participants.allSatisfy(\.exclusions.isEmpty) && lenient.questions[0].people == 3)
    #expect(throws: StudyFault.self) { try self.report(study, [blind]) }
  }

  @Test("count the first answer of a group shown twice, and what people ranked who did not finish")
  func partial() throws {
    let study = try InventedStudy()
    let whole =
      study.rows("whole", [[1, 2, 3], [1, 2, 3]]).filter { !$0.contains(",g1000,0,") }
      + study.screen("whole", "g1000", [2, 1, 3], again: true)
    let half = study.screen("half", "g1000", [2, 1, 3])
    let report = try report(study, [whole, half])
    let question = report.questions[0]
    #expect(question.answers == 3 && question.people == 2 && question.groups == 2)
    #expect(question.methods.map(\.ranks) == [[2, 1, 0], [1, 2, 0], [0, 0, 3]])
    #expect(report.participants[1].attention == nil && report.participants[1].repeats == nil)
    #expect(report.text.contains("Did not finish, and count with what they ranked:\n  half ("))
    #expect(report.text.contains(": 1 of 4"))
  }

  @Test("have no interval for one person or one group, who say nothing of others")
  func alone() throws {
    let study = try InventedStudy()
    let one = try report(study, [study.rows("p", [[1, 2, 3], [2, 1, 3]])])
    #expect(one.questions[0].methods.allSatisfy { $0.meanRankInterval == nil })
    #expect(one.text.contains("No intervals") && one.text.contains("No tests: they take two people"))
    #expect(one.json["questions"]?.array?[0]["friedman"] == .null)
  }

  @Test("are the same for the same seed, and differ a little for another")
  func seeded() throws {
    let reference = try Reference.study("few")
    let study = try InventedStudy(groups: 30)
    let people = reference.ranks.enumerated().map { study.rows("p\($0)", $1) }
    let (one, same) = (try report(study, people), try report(study, people))
    let other = try report(study, people) { $0.seed = 1 }
    #expect(one.json == same.json && one.text == same.text)
    let (first, second) = (one.questions[0].methods[0], other.questions[0].methods[0])
    #expect(first.meanRankInterval != second.meanRankInterval && first.meanRank == second.meanRank)
    #expect(try #require(first.meanRankInterval).contains(first.meanRank))
  }

  @Test(
    "refuse options out of their ranges",
    arguments: [
      { $0.draws = 99 }, { $0.level = 1 }, { $0.level = 0.5 }, { $0.attentionLimit = -0.1 },
      { $0.repeatLimit = 1.1 },
    ] as [@Sendable (inout ReportOptions) -> Void])
  func options(_ change: @Sendable (inout ReportOptions) -> Void) throws {
    var options = ReportOptions()
    change(&options)
    #expect(throws: StudyFault.self) { try options.check() }
  }
}
