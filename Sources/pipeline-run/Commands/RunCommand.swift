import Foundations
import ArgumentParser
import Experiments
import Foundation
import Imaging
import PaintByExample
import PipelineKit
import Reports
import Stages

/// Runs a document: what `pipeline-run DOC.json` does.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a document (the default).",
    discussion: """
      Results are kept in a store, and what has not changed is not computed again; --why says why the rest is. \
      Outputs are written to the folder --out; a file appears whole or not at all.
      """)

  @OptionGroup var options: DocumentOptions
  @OptionGroup var storing: StoreOptions

  @Flag(help: "Say for each stage that runs why its kept result could not be used.")
  var why = false

  @Flag(help: "Print events as newline-delimited JSON on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  @Flag(
    help: """
      Keep compiled networks on disk, in 'compiled' beside the store, each as large as its weights: worth it where \
      compiling is slow and the disk fast.
      """)
  var keepCompiled = false

  @Flag(help: "When a stage fails, still run those that do not need it.")
  var keepGoing = false

  @Flag(help: "Show the result on a page, report.html in the folder --out, also when a stage fails.")
  var report = false

  @Option(help: ArgumentHelp("Memory that stages may take together: 512M, 8G.", valueName: "size"))
  var memory: ByteCount?

  mutating func run() async throws {
    let view = ProgressView(mode: quiet ? .quiet : json ? .json : Terminal.isInteractive ? .bars : .lines)
    do {
      try await run(view)
    } catch {
      view.refuse(error)
      throw error
    }
  }

  private func run(_ view: ProgressView) async throws {
    let document = try options.load()
    let request = try options.request(document)
    var machine = try options.machine(
      memory: memory, compiledFolder: keepCompiled ? storing.compiledFolder : nil)
    let plan = try await machine.plan(document, request)
    guard !(json && plan.usesStandardOutput) else {
      throw UsageFault("--json and a result cannot both go to standard output")
    }
    // A run in which everything is kept needs no libvips; otherwise it starts by itself with its usual settings.
    if options.allowUntrusted { try Vips.start(VipsSettings(allowUntrusted: true)) }

    machine.store = try storing.store()
    var running = machine.runOptions
    running.keepsGoing = keepGoing
    let record =
      report
      ? RunRecord(
        plan, named: options.file.deletingPathExtension().lastPathComponent, in: request.outputFolder,
        versions: Machine.versions) : nil
    running.events = { event in
      view.show(event)
      record?.note(event)
    }
    if why, let store = running.store { view.explain(try RunForecast(plan, store: store)) }
    do {
      try await Scheduler(running).run(plan)
    } catch let failure as RunFailure {
      if let record { try await write(record.end(), of: plan, document, into: request.outputFolder) }
      throw failure
    }
    if let record { try await write(record.end(), of: plan, document, into: request.outputFolder) }
    // The request keeps spooled standard input, which stages read during the run.
    withExtendedLifetime(request) {}
  }
}

extension RunCommand {
  private func write(_ record: RowRecord, of plan: Plan, _ document: PipelineDocument, into folder: URL)
    async throws
  {
    var fixed: [String: String] = [:]
    if let name = options.preset, let preset = document.presets[name] {
      fixed["preset"] = preset.help.isEmpty ? name : "\(name): \(preset.help)"
    }
    let report = Report(
      record, of: plan, options.document, command: Program.command, fixed: fixed, in: folder)
    try await PageOptions.write(to: folder.appending(path: PageOptions.name)) { report }
    // Names in braces stand for values of params.
    let name = options.outputFolder.contains("{") ? folder.path(percentEncoded: false) : options.outputFolder
    if !quiet, !json { Terminal.say("report   \(name)/\(PageOptions.name)") }
  }
}

/// Where results are kept.
struct StoreOptions: ParsableArguments {
  @Option(
    name: .customLong("cache"),
    help: ArgumentHelp("The folder that results are kept in.", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("How much the store may keep: 512M, 20G.", valueName: "size"))
  var cacheLimit: ByteCount?

  @Flag(help: "Keep and reuse nothing.")
  var noCache = false

  /// The store; nil when nothing is kept.
  func store() throws -> Store? { noCache ? nil : try required() }

  /// The store, whether or not a run would use it.
  func required() throws -> Store {
    do {
      return try Store(at: root, limit: (cacheLimit?.bytes).map { Int64($0) }) { path in
        Terminal.say("waiting for the store: another process holds the lock \(path)")
      }
    } catch let error as FileError {
      throw UsageFault("\(error); name another folder with --cache, or keep nothing with --no-cache")
    }
  }

  /// Where compiled networks are kept by those who ask for it.
  var compiledFolder: URL { root.appending(path: "compiled", directoryHint: .isDirectory) }

  private var root: URL {
    folder.map { URL(filePath: $0, directoryHint: .isDirectory).absoluteURL } ?? StoreLocation.standard()
  }
}

/// A number of bytes as people write it: `512M`, `8G`, `1500000`.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let units: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40]
    let unit = argument.last.flatMap { units[Character($0.uppercased())] }
    guard let number = Double(unit == nil ? argument : String(argument.dropLast())), number > 0,
      number * (unit ?? 1) < 0x1p62
    else { return nil }
    bytes = Int(number * (unit ?? 1))
  }
}
