import ArgumentParser
import Foundation
import Foundations
import Imaging
import PipelineKit
import Reports

/// Shows results on a page.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Show results on one HTML page: a gallery, plots, times, errors.",
    discussion: """
      FOLDER is a batch's, or one that runs wrote pictures into. The page needs no network: it holds thumbnails of all \
      pictures (about 15 KB each) and links the pictures themselves, so it is best left in their folder; --embed puts \
      them into the page. What varies from row to row filters the gallery and can be its rows and columns; a click opens \
      a result, with before and after, and others beside it under the same zoom.

      EXAMPLES
        pipeline-run batch Experiments/guidance-and-seeds.json && pipeline-run report out
        pipeline-run report out --embed --out for-colleagues.html
      """)

  @Argument(help: "The folder of the results.", completion: .directory) var folder: String
  @OptionGroup var page: PageOptions

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("The page's file; report.html in the folder by default.", valueName: "file"))
  var file: String?

  func run() async throws {
    let url = URL(filePath: folder, directoryHint: .isDirectory).absoluteURL
    do {
      let place = file.map { URL(filePath: $0).absoluteURL } ?? url.appending(path: PageOptions.name)
      try await page.write(Report(of: url), to: place)
      print(file ?? (folder.hasSuffix("/") ? folder : folder + "/") + PageOptions.name)
    } catch let nothing as Report.Nothing {
      throw UsageFault("\(nothing)")
    }
  }
}

/// How a page looks.
struct PageOptions: ParsableArguments {
  static let name = "report.html"

  @Option(help: "What the page is called.") var title: String?
  @Flag(help: "Put the result pictures into the page, for one that is sent without its folder.") var embed =
    false

  func write(_ report: Report, to file: URL) async throws {
    var report = report
    if let title { report.title = title }
    report.options.embedsPictures = embed
    try await Self.write(to: file) { [report] in report }
  }

  /// Writes a page. Pictures are read: nothing for the threads that tasks share.
  static func write(to file: URL, _ report: @Sendable () throws -> Report) async throws {
    try await withTaskExecutorPreference(BlockingExecutor()) { try await report().write(to: file) }
  }
}
