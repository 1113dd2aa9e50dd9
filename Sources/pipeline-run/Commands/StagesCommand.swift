import ArgumentParser
import Experiments
import PipelineKit

/// Lists stages, or explains one.
struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages", abstract: "List the stages, or explain one: ports, parameters, defaults, ranges.")

  @Argument(help: "A stage's name.")
  var name: String?

  @OptionGroup var registration: RegistrationOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let registry = try registration.registry()
    guard let name else {
      let descriptors = registry.descriptors
      return json
        ? print(JSONWriter.pretty(.array(descriptors.map(\.json))), terminator: "")
        : print(StageHelp.list(descriptors))
    }
    guard let descriptor = registry.stages[name]?.descriptor else {
      let nearest = registry.nearestStage(to: name).map { "; did you mean '\($0)'?" } ?? ""
      throw UsageFault("there is no stage '\(name)'\(nearest)")
    }
    json ? print(JSONWriter.pretty(descriptor.json), terminator: "") : print(StageHelp.page(descriptor))
  }
}

/// Prints the JSON Schema of documents.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of documents, plugins' stages included.",
    discussion: "Point an editor at it with \"$schema\" in a document.")

  @OptionGroup var registration: RegistrationOptions
  @Flag(help: "Print that of experiments, which `batch` runs.") var experiments = false

  func run() throws {
    guard !experiments else { return print(JSONWriter.pretty(ExperimentSchema.json), terminator: "") }
    print(JSONWriter.pretty(DocumentSchema.json(for: try registration.registry())), terminator: "")
  }
}
