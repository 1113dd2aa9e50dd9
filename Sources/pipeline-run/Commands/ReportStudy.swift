public import ArgumentParser
import Foundation
import Foundations
public import UserStudy

/// Says what people answered.
struct ReportStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Say what people answered: mean ranks, who was best, which methods differ.",
    discussion: """
      ANSWERS are the files that people saved on the page, CSV or JSON; the key is what 'study build' wrote beside the page. \
      Every fault is said with its file and line: answers of another study, missing ranks, a person who is there twice.

      For each question: every method's mean rank and how often it was first, with intervals by drawing people and groups \
      again (bootstrap); in what share of answers a method stands before another; Friedman's test, corrected for ties, of \
      each person's mean ranks, and Kendall's W; and every pair of methods, by --post-hoc. Who ranks obvious groups wrongly, \
      or groups shown twice differently, is left out and listed. Of groups shown twice the first answer counts.

      EXAMPLES
        pipeline-run study report answers/*.csv --key study/study-key.json
        pipeline-run study report answers/*.csv --key study/study-key.json --post-hoc wilcoxon-holm --html results.html
        pipeline-run study report answers/*.csv --key study/study-key.json --json | jq '.questions[].friedman.p'
      """)

  @Argument(help: "Files of answers.", completion: .file(extensions: ["csv", "json"])) var answers: [String]
  @Option(help: ArgumentHelp("The study's key.", valueName: "file"), completion: .file(extensions: ["json"]))
  var key: String

  @Option(
    help: ArgumentHelp(
      "How pairs of methods are compared: nemenyi, by the studentized range of Friedman's mean ranks; wilcoxon-holm, by signed-rank tests corrected by Holm's method.",
      valueName: "test"))
  var postHoc = ReportOptions.PostHoc.nemenyi
  @Option(
    help: ArgumentHelp(
      "Leave out who orders more than this share of the pairs of obvious pictures wrongly, from 0 to 1.",
      valueName: "share"))
  var attentionLimit = ReportOptions().attentionLimit
  @Option(
    help: ArgumentHelp(
      "Leave out who orders more than this share of pairs differently when a group is shown again, from 0 to 1.",
      valueName: "share"))
  var repeatLimit = ReportOptions().repeatLimit
  @Option(
    help: ArgumentHelp(
      "What share of draws an interval holds, between 0.5 and 1; methods are told apart where p is below the rest.",
      valueName: "share"))
  var level = ReportOptions().level
  @Option(
    help: ArgumentHelp(
      "How often people and groups are drawn for intervals, 100 or more.", valueName: "count"))
  var draws = ReportOptions().draws
  @Option(help: "Fixes the draws.") var seed = ReportOptions().seed

  @Flag(help: "Print JSON.") var json = false
  @Option(
    name: .customLong("html"),
    help: ArgumentHelp("Write a page with plots, which needs no network.", valueName: "file"),
    completion: .file())
  var page: String?

  func run() throws {
    var options = ReportOptions()
    (options.postHoc, options.level, options.draws, options.seed) = (postHoc, level, draws, seed)
    (options.attentionLimit, options.repeatLimit) = (attentionLimit, repeatLimit)
    do {
      try options.check()
      let answers = try StudyAnswers(files: answers, key: StudyKey(URL(filePath: key).absoluteURL))
      let report = try StudyReport(of: answers, options)
      if let page {
        let file = URL(filePath: page).absoluteURL
        try FileSystem().createFolder(file.deletingLastPathComponent())
        try report.write(page: file)
      }
      if json {
        print(JSONWriter.pretty(report.json), terminator: "")
      } else {
        print(report.text, terminator: "")
      }
    } catch let fault as StudyFault {
      throw UsageFault("\(fault)")
    }
  }
}

extension ReportOptions.PostHoc: ExpressibleByArgument {}
