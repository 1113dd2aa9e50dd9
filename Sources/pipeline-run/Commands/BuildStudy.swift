import ArgumentParser
import Experiments
import Foundation
import Foundations
import PipelineKit
import UserStudy

/// Makes the page that people rank pictures on.
struct BuildStudy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Make one HTML page on which people rank the results of several methods.",
    discussion: """
      RESULTS are folders of batches. Rows that differ only in --method form a group: the page shows what they were made of, \
      and their pictures under letters, which people rank from best to worst by tapping, dragging or typing. Groups come in \
      random order, pictures in the orders of a balanced Latin square; both follow from the participant's code. The page \
      holds its pictures and needs no network; it names no method. At the end people save their answers as CSV or JSON.

      The key, study-key.json in a folder or NAME-key.json beside NAME.html, says which hash is which method: keep it, and \
      send only the page.

      EXAMPLES
        pipeline-run batch Pipelines/demo.json --axis seed=1..4 --out methods \\
          --axis swap:paint=Pipelines/copy-paste.json,Pipelines/paint-by-example.json
        pipeline-run study build methods --method swap:paint --question 'Which picture looks best?' --groups 4 --out study
        pipeline-run study build ours theirs --method folder --group-by scene --question 'Which is closest to the reference?' --out study.html
      """)

  @Argument(help: "Folders of results.", completion: .directory) var results: [String]

  @Option(
    help: ArgumentHelp(
      "What tells methods apart: an axis or column, or 'folder', the name of the results' folder.",
      valueName: "name"))
  var method: String

  @Option(
    name: .customLong("group-by"),
    help: ArgumentHelp(
      "What tells groups apart, such as scene,seed; everything that varies but the method by default.",
      valueName: "name,name"))
  var groupBy: String?

  @Option(name: .customLong("question"), help: ArgumentHelp("What people are asked.", valueName: "text"))
  var questions: [String] = []
  @Option(help: "What the page is called.") var title: String?
  @Option(help: "How many groups are shown, drawn at random; all by default, at most 30.") var groups: Int?
  @Option(help: "How many groups are shown twice, to see who answers alike.") var repeats: Int?
  @Option(
    help:
      "How many groups show one picture with more and more damage, which has an obvious order, to see who looks."
  )
  var attention = 1
  @Option(help: "Which groups are drawn.") var seed = 0
  @Option(help: "The output that is shown.") var output: String?
  @Option(help: "The longest side of pictures in the page, from 64 to 4096 pixels.") var size = 768
  @Flag(help: "Leave groups out that lack a method.") var completeOnly = false

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "A folder, which gets study.html and its key, or the page's file.", valueName: "folder|page.html"))
  var place: String

  func run() async throws {
    var options = StudyOptions(
      method: method, questions: questions.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) })
    options.groupBy = groupBy.map { $0.split(separator: ",").map(String.init) } ?? []
    if let title { options.title = title }
    (options.groups, options.attention, options.seed) = (groups, attention, seed)
    options.repeats = repeats ?? min(2, groups ?? 2)
    (options.output, options.side, options.skipsIncomplete) = (output, size, completeOnly)
    let folders = results.map {
      ResultsFolder(URL(filePath: $0, directoryHint: .isDirectory).absoluteURL)
    }
    let isPage = place.lowercased().hasSuffix(".html")
    let stem = isPage ? String(place.dropLast(5)) : (place.hasSuffix("/") ? place : place + "/") + "study"
    let (page, key) = (isPage ? place : stem + ".html", stem + "-key.json")
    do {
      // Pictures are read: nothing for the threads that tasks share.
      let study = try await withTaskExecutorPreference(BlockingExecutor()) { [options] in
        let study = try await Self.study(of: folders, options)
        try FileSystem().createFolder(URL(filePath: page).absoluteURL.deletingLastPathComponent())
        try study.write(page: URL(filePath: page).absoluteURL, key: URL(filePath: key).absoluteURL)
        return study
      }
      print("page  \(page)   send this one")
      print("key   \(key)   keep this one: answers cannot be read without it")
      if !study.skipped.isEmpty {
        Terminal.say("\(study.skipped.count) groups lack a method and are left out")
      }
    } catch let fault as StudyFault {
      throw UsageFault("\(fault)")
    }
  }

  private static func study(of folders: [ResultsFolder], _ options: StudyOptions) async throws -> Study {
    try Study(of: folders, options)
  }
}
