import ArgumentParser

/// Asks people which pictures are better.
struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "Ask people which pictures are better, and say what they answered.",
    subcommands: [BuildStudy.self, ReportStudy.self])
}
