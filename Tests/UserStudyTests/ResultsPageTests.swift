import FileTesting
import Foundation
import Foundations
import PipelineKit
import Testing

@testable import UserStudy

@Suite("the page of a study's results")
struct ResultsPageTests {
  private static let methods = ["</script><b>one</b>", "two", "three"]
  private let study: InventedStudy
  private let page: URL

  init() throws {
    study = try InventedStudy(methods: Self.methods.sorted(), groups: 3, questions: ["Best?", "Closest?"])
    page = study.folder["results.html"]
  }

  /// Three who agree but in one group, and one who looks at nothing.
  private func write(_ postHoc: ReportOptions.PostHoc = .nemenyi) throws -> StudyReport {
    let files = try ["a", "b", "c", "blind"].map { name in
      let ranks = [[1, 2, 3], [1, 2, 3], name == "a" ? [2, 1, 3] : [1, 3, 2]]
      let rows = (1...2).flatMap { study.rows(name, ranks, question: $0) }
      let seen =
        name == "blind"
        ? rows.filter { !$0.contains(",obvious,") } + study.screen(name, "obvious", [3, 2, 1]) : rows
      return try study.write(seen, to: "\(name).csv")
    }
    var options = ReportOptions()
    (options.draws, options.postHoc) = (100, postHoc)
    let report = try StudyReport(of: StudyAnswers(files: files, key: study.key), options)
    try report.write(page: page)
    return report
  }

  @Test("holds what programs get, asks nothing of a network, and shows names as text")
  func content() throws {
    let report = try write()
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.components(separatedBy: "</script>").count == 3 && !text.contains("<b>one"))
    #expect(!text.replacing("http://www.w3.org/2000/svg", with: "").contains(/https?:/))
    let start = try #require(text.range(of: "id=\"data\">"))
    let end = try #require(text.range(of: "</script>", range: start.upperBound..<text.endIndex))
    #expect(try JSONValue(parsing: String(text[start.upperBound..<end.lowerBound])) == report.json)
  }

  @Test(
    "is shown on desktops and phones: plots as wide as their place, tables that say what the text says",
    .enabled(if: Browser.program != nil, "Chromium is not installed"),
    arguments: [(1200, ReportOptions.PostHoc.nemenyi), (500, .wilcoxonHolm)])
  func browser(_ width: Int, _ postHoc: ReportOptions.PostHoc) async throws {
    let report = try write(postHoc)
    let script = """
      const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
      note({
        wide: document.documentElement.scrollWidth, inner: document.documentElement.clientWidth,
        plots: [...document.querySelectorAll("svg")].map((svg) => [svg.viewBox.baseVal.width, svg.parentElement.clientWidth]),
        dots: document.querySelectorAll("circle").length, lines: document.querySelectorAll("svg .line").length,
        numbers: texts(".numbers tbody tr:first-child"), wins: texts(".wins td"), tests: texts(".tests td"),
        out: texts("li"), summary: texts("#summary")[0], title: document.title,
      });
      """
    let seen = try await Browser.seen(page, by: script, width: width, in: study.folder)
    #expect(seen["wide"] == seen["inner"] && seen["title"] == "Invented", "\(seen)")
    let plots = try #require(seen["plots"]?.array)
    #expect(plots.count == 4 && plots.allSatisfy { $0.array?[0] == $0.array?[1] }, "\(plots)")
    #expect(seen["dots"] == 6 && seen["lines"] == 6)
    #expect(seen["summary"]?.string?.hasPrefix("4 people answered, 3 count · 3 groups of 3 methods") == true)
    #expect(
      seen["out"]?.array?.count == 1 && seen["out"]?.array?[0].string?.hasPrefix("blind orders 100 %") == true
    )
    // Question by question, row by row.
    let wins = try #require(seen["wins"]?.array).compactMap(\.string)
    let question = report.questions[0]
    #expect(wins.count == 18 && wins[0] == "" && wins[1] == Words.percent(Double(question.wins[0][1]) / 9))
    let first = try #require(question.pairs.first { $0.first == 0 && $0.second == 1 })
    let tests = try #require(seen["tests"]?.array).compactMap(\.string)
    #expect(tests.count == 18 && Words.probability(first.p).hasSuffix(tests[1].prefix(5)), "\(tests)")
    let numbers = try #require(seen["numbers"]?.array?[0].string)
    #expect(
      numbers.hasPrefix(question.methods[0].name + Words.decimal(question.methods[0].meanRank)), "\(numbers)")
  }
}
