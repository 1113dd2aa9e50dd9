import ArgumentParser
import Foundation
import PipelineKit

/// Checks a document and runs nothing.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check a document; every fault is said at once.",
    discussion:
      "Params and inputs that have no value yet are left open; those given with --param are checked too.")

  @OptionGroup var options: DocumentOptions

  @Flag(help: "Print the faults as a JSON list on standard output, for editors.")
  var json = false

  func run() throws {
    do {
      let document = try options.load()
      let planner = Planner(registry: try options.registration.registry())
      try planner.validate(document, try options.request())
      print(json ? "[]" : "\(options.document): valid, \(document.stages.count) stages")
    } catch let invalid as InvalidDocument where json {
      print(JSONWriter.pretty(.array(invalid.diagnostics.map(\.json))), terminator: "")
      throw Reported(exitCode: 3)
    }
  }
}
