import ArgumentParser
import Diffusion
import Foundation
import Imaging
import PaintByExample
import PipelineKit
import Stages

/// A document and what the caller asks of it, as every command that reads documents takes them.
struct DocumentOptions: ParsableArguments {
  @Argument(
    help: "The pipeline document; - reads it from standard input.", completion: .file(extensions: ["json"]))
  var document: String

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("A value for one of the document's params.", valueName: "name=value"),
    completion: .custom { words, _, _ in CompletionNames.params(words) })
  var params: [String] = []

  @Option(
    help: ArgumentHelp(
      "One of the document's presets: values of params that go together; --param wins over them.",
      valueName: "name"), completion: .custom { words, _, _ in CompletionNames.presets(words) })
  var preset: String?

  @Option(
    help: ArgumentHelp("The same as --param model=name: the model, by name or path.", valueName: "name"),
    completion: .custom { _, _, _ in CompletionNames.models })
  var model: String?

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp("A file for one of the document's inputs.", valueName: "name=file"),
    completion: .custom { words, _, _ in CompletionNames.inputs(words) })
  var inputs: [String] = []

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "A file for one of the document's outputs, in place of one in the folder --out; - is standard output.",
      valueName: "name=file"), completion: .custom { words, _, _ in CompletionNames.outputs(words) })
  var outputs: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("A value in place of a stage's setting.", valueName: "stage.key=value"),
    completion: .custom { words, _, begun in CompletionNames.settings(words, begun) })
  var settings: [String] = []

  @Option(
    name: .customLong("swap"),
    help: ArgumentHelp("Another stage, or a document, in place of a stage.", valueName: "id=stage|file.json"),
    completion: .custom { words, _, _ in CompletionNames.ids(words, ending: "=") })
  var swaps: [String] = []

  @Option(
    help: ArgumentHelp("Run no further than this stage, and write its outputs.", valueName: "id"),
    completion: .custom { words, _, _ in CompletionNames.ids(words) })
  var until: String?

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "The folder that outputs are written to; {name} in it becomes the value of that param: runs/{guidance}-{seed}.",
      valueName: "folder"))
  var outputFolder = "out"

  @OptionGroup var registration: RegistrationOptions
  @OptionGroup var models: ModelOptions

  @Option(
    name: .customLong("allow-path"),
    help: ArgumentHelp("A folder that the document may read and write too.", valueName: "folder"))
  var allowedFolders: [String] = []

  @Flag(help: "Let the document run any command (the stage exec).")
  var allowExec = false

  @Flag(help: "Let libvips use readers it does not trust with pictures from strangers.")
  var allowUntrusted = false

  /// The document, read.
  func load() throws -> PipelineDocument {
    // A shell hands over what `<(command)` writes as an open descriptor.
    if document.hasPrefix("/dev/fd/") {
      let data = try FileHandle(forReadingFrom: URL(filePath: document)).readToEnd() ?? Data()
      return try PipelineDocument(JSONParser.parse(data, file: document), folder: .currentDirectory())
    }
    if document == "-" {
      let data = try FileHandle.standardInput.readToEnd() ?? Data()
      return try PipelineDocument(JSONParser.parse(data, file: "standard input"), folder: .currentDirectory())
    }
    return try PipelineDocument(contentsOf: file, named: document)
  }

  /// Where the document lies: where its path says, else among the ready-made ones of an installed program.
  var file: URL { Self.file(named: document) }

  /// Where the document of that path lies.
  static func file(named document: String) -> URL {
    let url = URL(filePath: document).absoluteURL
    guard !FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else { return url }
    return Release.readyMade(document) ?? url
  }

  /// What is asked of it, with the names of results filled in.
  func request(_ document: PipelineDocument) throws -> PlanRequest {
    var request = try request()
    let names = ResultNames(document, request)
    let folder = try names.filled(outputFolder, option: "--out")
    request.outputFolder = URL(filePath: folder, directoryHint: .isDirectory).absoluteURL
    for (name, file) in request.outputs {
      request.outputs[name] = try names.filled(file, option: "--output \(name)")
    }
    return request
  }

  /// What is asked of it.
  func request() throws -> PlanRequest {
    var request = PlanRequest(
      workingFolder: .currentDirectory(),
      outputFolder: URL(filePath: outputFolder, directoryHint: .isDirectory).absoluteURL)
    for (name, value) in try Self.pairs(params + (model.map { ["model=\($0)"] } ?? []), "--param name=value")
    {
      request.params[name] = .text(value)
    }
    for (name, value) in try Self.pairs(inputs, "--input name=file") { request.inputs[name] = value }
    for (name, value) in try Self.pairs(outputs, "--output name=file") { request.outputs[name] = value }
    for (place, value) in try Self.pairs(settings, "--set stage.key=value") {
      guard let link = Link(place) else {
        throw UsageFault("'--set \(place)=\(value)' is not --set stage.key=value")
      }
      request.settings[link.stage, default: [:]][link.port] = .text(value)
    }
    for (id, use) in try Self.pairs(swaps, "--swap id=stage") { request.swaps[id] = use }
    request.preset = preset
    request.until = until
    request.permissions.exec = allowExec
    request.permissions.untrustedLoaders = allowUntrusted
    if allowUntrusted { request.references = SVGReferences.files }
    request.permissions.folders = allowedFolders.map {
      URL(filePath: $0, directoryHint: .isDirectory).absoluteURL
    }
    let standardInput = StandardInput()
    let isDocument = document == "-"
    request.standardInput = {
      guard !isDocument else { throw StageFailure("standard input is the document already") }
      return try standardInput.spooled()
    }
    return request
  }

  /// The plan of the document.
  func plan() async throws -> Plan {
    let document = try load()
    return try await machine().plan(document, request(document))
  }

  /// What it runs on.
  ///
  /// - Parameter compiledFolder: where compiled networks are kept; nil keeps none on disk.
  func machine(memory: ByteCount? = nil, compiledFolder: URL? = nil) throws -> Machine {
    try Machine(
      registry: registration.registry(), models: models.search,
      memoryBudget: memory?.bytes ?? MemoryBudget.standard, compiledFolder: compiledFolder)
  }

  /// The names and values of an option that is given for each name once.
  static func pairs(_ texts: [String], _ form: String) throws -> [(String, String)] {
    var seen: [String: String] = [:]
    return try texts.map { text in
      let (name, value) = try pair(text, form)
      if let other = seen.updateValue(value, forKey: name) {
        let option = form.prefix { $0 != " " }
        throw UsageFault(
          "'\(name)' is given twice: \(option) \(name)=\(other) and \(option) \(name)=\(value)")
      }
      return (name, value)
    }
  }

  static func pair(_ text: String, _ form: String) throws -> (String, String) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw UsageFault("'\(text)' is not \(form)")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}

/// Which stages there are.
struct RegistrationOptions: ParsableArguments {
  @Option(
    name: .customLong("plugin"),
    help: ArgumentHelp("A plugin: a manifest (.plugin.json) or a dynamic library.", valueName: "file"))
  var plugins: [String] = []

  /// The program's own stages, and those of plugins.
  func registry() throws -> Registry {
    let environment = ProcessInfo.processInfo.environment
    var registry = try StandardStages.registry(environment: environment)
    let loader = PluginLoader(environment: environment)
    try loader.load(loader.standardPaths + plugins, into: &registry)
    return registry
  }
}
