import ArgumentParser
import Foundations
import Foundation
import Imaging
import PaintByExample
import PipelineKit
import Stages

/// Makes a picture again from what it carries.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Make a picture again from its provenance, and say whether it is the same.",
    discussion: """
      Only this picture is made, in a folder of its own that goes again, or at --out. Whatever else its document would \
      write is listed and not written.
      Files are looked for where the picture's document names them, from its folder (--folder), the working folder, and \
      the picture's own and those above it; then by name and by content there, so that files that were moved or renamed \
      are found. A file elsewhere is given with --set stage.parameter=file. \
      The exit code is 1 when other pixels come out, unless --set asks for them.

        pipeline-run Pipelines/demo.json && pipeline-run replay out/picture.png --folder Pipelines
      """)

  @Argument(help: "A PNG that pipeline-run wrote.", completion: .file(extensions: ["png"]))
  var picture: String

  @Option(
    name: .customLong("out"), help: ArgumentHelp("Keep the new picture in this file.", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Another value for a setting, or another place for a file.", valueName: "stage.key=value"))
  var settings: [String] = []

  @Option(
    name: .customLong("folder"),
    help: ArgumentHelp(
      "The folder that the picture's document lay in; the working folder by default.", valueName: "folder"),
    completion: .directory)
  var folder: String?

  @OptionGroup var registration: RegistrationOptions
  @OptionGroup var models: ModelOptions

  @Flag(help: "Let the picture's document run any command (the stage exec).")
  var allowExec = false

  @Flag(help: "Let libvips use readers it does not trust with pictures from strangers.")
  var allowUntrusted = false

  mutating func run() async throws {
    try Vips.start(VipsSettings(allowUntrusted: allowUntrusted))
    let provenance = try self.provenance()
    let scratch = try ScratchPlace()
    let target = output.map { URL(filePath: $0).absoluteURL } ?? scratch.url.appending(path: "picture.png")
    var changes = locateEnvironment(provenance)
    let machine = try Machine(registry: registration.registry(), models: models.search)
    let request = try request(provenance, machine, target: target, scratch: scratch.url, changes: &changes)
    let text = JSONWriter.pretty(provenance.document)
    let document = try PipelineDocument(
      JSONParser.parse(Data(text.utf8), file: "the provenance of \(picture)"),
      folder: namedFolder ?? .currentDirectory())
    var running = machine.runOptions
    running.events = { event in
      if case .said(_, .warning, let message) = event { Terminal.say("warning: \(message)") }
    }
    let plan = try await machine.plan(document, request)
    for file in plan.withheld {
      print("not written  \(file.step) (\(file.stage)): \(file.path)")
    }
    changes += provenance.changedResources(in: plan)
    try await Scheduler(running).run(plan)
    let isSame = try withExtendedLifetime(scratch) { try report(target, changes) }
    // Who sets something else asks for another picture.
    if !isSame, settings.isEmpty { throw Reported(exitCode: 1) }
  }

  private var namedFolder: URL? { folder.map { URL(filePath: $0, directoryHint: .isDirectory).absoluteURL } }

  private func provenance() throws -> Provenance {
    let texts = try PNGFile(path: picture).texts
    guard let text = texts.first(where: { $0.keyword == StandardStages.provenanceKeyword })?.text else {
      throw UsageFault("'\(picture)' carries no provenance; it was written by another program, or without")
    }
    guard let json = try? JSONValue(parsing: text), let provenance = Provenance(json: json) else {
      throw UsageFault("the provenance of '\(picture)' cannot be read by this version")
    }
    return provenance
  }

  private func locateEnvironment(_ provenance: Provenance) -> [String] {
    let now = Machine.versions
    return Set(now.keys).union(provenance.environment.keys).sorted().compactMap { name in
      let (old, new) = (provenance.environment[name], now[name])
      return old == new ? nil : "\(name): \(old ?? "none") → \(new ?? "none")"
    }
  }

  private func request(
    _ provenance: Provenance, _ machine: Machine, target: URL, scratch: URL, changes: inout [String]
  ) throws -> PlanRequest {
    var request = PlanRequest(workingFolder: .currentDirectory(), outputFolder: scratch)
    // The document is a stranger's.
    request.until = provenance.sink
    request.writers = [provenance.sink]
    request.permissions.exec = allowExec
    request.permissions.untrustedLoaders = allowUntrusted
    if allowUntrusted { request.references = SVGReferences.files }
    for text in settings {
      guard let equals = text.firstIndex(of: "="), let link = Link(String(text[..<equals])) else {
        throw UsageFault("'--set \(text)' is not --set stage.key=value")
      }
      request.settings[link.stage, default: [:]][link.port] = .text(
        String(text[text.index(after: equals)...]))
      changes.append(text)
    }
    let sink = provenance.sink
    request.settings[sink, default: [:]]["path"] = .text(target.path(percentEncoded: false))
    let search = FileSearch(
      folders: [namedFolder, .currentDirectory()].compactMap { $0 }, beside: URL(filePath: picture))
    var missing: [String] = []
    for file in provenance.files where request.settings[file.stage]?[file.parameter] == nil {
      // A file with the content the picture's maker had tells a stranger nothing; any other must be given.
      switch search.find(file.path, digest: file.digest) {
      case .same(let place): request.locations[file.path] = place
      case .other: changes.append("\(file.stage).\(file.parameter): '\(file.path)' has another content")
      case .nothing: missing.append("'\(file.path)' (\(file.stage).\(file.parameter))")
      }
    }
    guard missing.isEmpty else {
      throw MissingDependency(
        "the picture was made of files that are not here: \(missing.joined(separator: ", "))",
        remedy: "--folder names the folder its document lay in, --set stage.parameter=file a file elsewhere")
    }
    for resource in provenance.resources where request.locations[resource.name] == nil {
      let place = URL(filePath: resource.name, relativeTo: .currentDirectory()).absoluteURL
      // As with files: the very model that the picture's maker had.
      let found = machine.finders.values.lazy.compactMap { try? $0.find(resource.name) { place } }
      if found.contains(where: { $0.identity == resource.identity }) {
        request.locations[resource.name] = place
      }
    }
    return request
  }

  /// Says how the new picture differs; whether it has the same pixels.
  private func report(_ target: URL, _ changes: [String]) throws -> Bool {
    let original = URL(filePath: picture)
    if try ContentDigest(ofFile: original) == ContentDigest(ofFile: target) {
      print("bit-identical")
      return true
    }
    for change in changes { print("changed  \(change)") }
    let (old, new) = (try Image.load(from: picture), try Image.load(from: target.path(percentEncoded: false)))
    guard (old.width, old.height, old.bands, old.format) == (new.width, new.height, new.bands, new.format)
    else {
      print("another picture: \(old) → \(new)")
      return false
    }
    let difference = try new.difference(from: old)
    let largest = try difference.statistics().overall.maximum
    guard largest > 0 else {
      print("the same pixels; the files differ in what they say of themselves")
      return true
    }
    let values = old.width * old.height * old.bands
    let differing = try difference.compared(.greater, to: 0).statistics().overall.sum / 255
    print(
      "\(Int(differing)) of \(values) values differ, by at most \(Int(largest)) of \(Int(old.format.fullScale))"
    )
    return false
  }
}
