public import Foundation
import Foundations
import Reports

/// What people's answers say of methods: mean ranks and how sure they are, who was best how often, which differ.
public struct StudyReport: Sendable {
  let key: StudyKey
  let options: ReportOptions
  let participants: [ParticipantResult]
  let questions: [QuestionResult]

  /// The report of some answers. Who fails the rules for obvious and repeated groups is left out and listed.
  ///
  /// - Throws: ``StudyFault`` for options out of their ranges, and where no answers are left.
  public init(of answers: StudyAnswers, _ options: ReportOptions = ReportOptions()) throws {
    try options.check()
    let participants = answers.participants.map { ParticipantResult($0, answers.key, options) }
    let left = zip(answers.participants, participants).filter(\.1.exclusions.isEmpty).map(\.0)
    guard !left.isEmpty else {
      throw StudyFault(
        participants.isEmpty
          ? "there are no answers"
          : "nobody's answers count:\n"
            + participants.map { "  \($0.file): \($0.name) \($0.exclusions.joined(separator: ", and "))" }
            .joined(separator: "\n"))
    }
    key = answers.key
    self.options = options
    self.participants = participants
    questions = try answers.key.questions.indices.map {
      try QuestionResult($0, of: left, answers.key, options)
    }
  }

  /// Writes a page that shows the report, in one file that needs no network.
  ///
  /// - Throws: `FileError`.
  public func write(page: URL) throws {
    try AtomicFile(page).write(
      PageTemplate(
        title: "Results of a study", body: Data(PackageResources.results_html),
        style: PackageResources.results_css, script: PackageResources.results_js
      ).filled(with: json))
  }
}
