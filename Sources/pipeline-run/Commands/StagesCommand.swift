import ArgumentParser
import Experiments
import Foundation
import PipelineKit
import Stages

/// Lists stages, or explains one.
struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "List the stages, or explain one, or a document: ports, parameters, defaults, ranges, presets.",
    discussion: """
      The stages image.vips and measure.vips run any operation of libvips: --operations lists those that they may run, and \
      --operation explains one.

      EXAMPLES
        pipeline-run stages image.blend
        pipeline-run stages Pipelines/paint-by-example.json
        pipeline-run stages image.vips --operations
        pipeline-run stages image.vips --operation gaussblur
      """)

  @Argument(
    help: "A stage's name, or the path of a document.",
    completion: .custom { _, _, _ in CompletionNames.stages })
  var name: String?

  @Flag(help: "List the operations that image.vips or measure.vips may run.") var operations = false
  @Option(help: "Explain an operation that image.vips or measure.vips may run.") var operation: String?

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
      if name.hasSuffix(".json") { return try explain(document: name, registry) }
      let nearest = registry.nearestStage(to: name).map { "; did you mean '\($0)'?" } ?? ""
      throw UsageFault("there is no stage '\(name)'\(nearest)")
    }
    guard !operations, operation == nil else { return try printOperations(of: name) }
    json
      ? print(JSONWriter.pretty(descriptor.json), terminator: "")
      : print(StageHelp.page(descriptor, width: Terminal.pageWidth))
  }

  private func explain(document name: String, _ registry: Registry) throws {
    let document = try PipelineDocument(contentsOf: DocumentOptions.file(named: name), named: name)
    let descriptor = try Planner(registry: registry).descriptor(of: document, named: name)
    guard json else {
      return print(StageHelp.page(descriptor, width: Terminal.pageWidth, presets: document.presets))
    }
    var members = descriptor.json.object ?? [:]
    members["presets"] = .object(
      document.presets.mapValues { ["params": .object($0.params), "help": .string($0.help)] })
    print(JSONWriter.pretty(.object(members)), terminator: "")
  }

  private func printOperations(of stage: String) throws {
    guard let catalogue = OperationCatalogue(of: stage) else {
      throw UsageFault("'\(stage)' runs no operations of libvips; image.vips and measure.vips do")
    }
    do {
      print(try operation.map { try catalogue.page($0) } ?? catalogue.list())
    } catch {
      throw UsageFault("\(error)")
    }
  }

  func validate() throws {
    if name == nil, operations || operation != nil {
      throw ValidationError("operations are those of a stage: stages image.vips --operations")
    }
    if json, operations || operation != nil { throw ValidationError("operations are not printed as JSON") }
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
