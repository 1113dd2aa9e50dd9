import ArgumentParser
import Diffusion
import Dispatch
import Experiments
import Foundation
import Foundations
import Imaging
import PaintByExample
import PipelineKit
import Reports

/// Runs a pipeline many ways.
struct BatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Run a pipeline many ways: axes, tables, folders; goes on where it was interrupted.",
    subcommands: [RunBatch.self, BatchStatus.self, MergeBatch.self, BatchSheet.self, RankBatch.self],
    defaultSubcommand: RunBatch.self)
}

/// Runs an experiment's rows.
struct RunBatch: AsyncParsableCommand, UnhurriedCommand {
  // A step of a large picture, and the records; job systems kill 30 seconds after they ask.
  static let patience = DispatchTimeInterval.seconds(25)

  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run an experiment, or a pipeline with axes (the default).",
    discussion: """
      DOC.json is an experiment, which names a pipeline, or a pipeline, of which --axis, --each and --rows make many \
      rows. Everything is checked before the first row runs. Each row gets a folder below --out, and one line of \
      results.jsonl there: what it was made with, its files, its measures, what its stages took, or its error. What rows \
      have in common is made once.

      The same command goes on where it was interrupted, and makes anew what another document, table or file made.

      EXAMPLES
        pipeline-run batch Experiments/guidance-and-seeds.json
        pipeline-run batch Pipelines/paint-by-example.json --input scene=room.jpg --input mask=hole.png \\
          --input exemplar=cup.jpg --axis guidance=1,3,5 --axis seed=1..4 --name '{guidance}-{seed}'
        pipeline-run batch edit.json --axis swap:paste=./a.json,./b.json --each photo='in/{id}.jpg' --each hole='masks/{id}.png'
        pipeline-run batch Pipelines/copy-paste.json --rows rows.csv --shard 2/8
        pipeline-run batch status out
      """)

  @OptionGroup var options: DocumentOptions
  @OptionGroup var storing: StoreOptions

  @Option(
    name: .customLong("axis"),
    help: ArgumentHelp(
      "Values for a param, an input, a setting stage.key or swap:stage, crossed with all others: 1,3,5 or 1..4 or 0..1:0.25.",
      valueName: "name=values"), completion: .custom { words, _, begun in CompletionNames.axes(words, begun) }
  )
  var axes: [String] = []

  @Option(name: .customLong("zip"), help: ArgumentHelp("Axes that go in step.", valueName: "name,name"))
  var zipped: [String] = []

  @Option(
    name: .customLong("each"),
    help: ArgumentHelp(
      "Files, one a row; {id} stands for any text, the same in each pattern.", valueName: "name=pattern"))
  var patterns: [String] = []

  @Option(
    name: .customLong("rows"),
    help: ArgumentHelp("A table, .csv or .jsonl, whose columns are params and inputs.", valueName: "file"))
  var table: String?

  @Option(
    help: ArgumentHelp(
      "What results are called; {name} is a value, {row} the row's number.", valueName: "template"))
  var name: String?

  @Option(
    name: .customLong("measure"),
    help: ArgumentHelp("A number of a report that becomes a column.", valueName: "column=output.member"))
  var measures: [String] = []

  @Option(
    help: ArgumentHelp(
      "A part of the rows: 2/8, or auto, which asks the job system's variables.", valueName: "i/n"))
  var shard: String?

  @Flag(help: "Try rows again that failed.") var retryFailed = false
  @Flag(
    help:
      "Leave out rows whose model, or what else they need, is not on this machine, and say what fetches it.")
  var skipMissing = false
  @Flag(help: "End with the first failure.") var stopOnFailure = false
  @Option(help: "Make at most so many rows; the exit code is 75 while others are left.") var limit: Int?
  @Flag(help: "Say what would be run, what it shares, and what it takes; run nothing.") var dryRun = false
  @Flag(help: "Show the results on a page, report.html in the folder --out, once all have ended.")
  var report = false
  @Flag(help: "Print events as newline-delimited JSON on standard output.") var json = false
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false
  @Option(help: ArgumentHelp("Memory that stages may take together: 512M, 8G.", valueName: "size"))
  var memory: ByteCount?

  func validate() throws {
    guard options.outputs.isEmpty else {
      throw ValidationError("every row writes to a folder of its own below --out; --output names one file")
    }
    guard limit ?? 1 > 0 else { throw ValidationError("--limit is at least 1") }
    guard options.document != "-" || table != "-" else {
      throw ValidationError("standard input is the document already")
    }
  }

  func run() async throws {
    let view = BatchView(mode: quiet ? .quiet : json ? .json : Terminal.isInteractive ? .bars : .lines)
    do {
      try await run(view)
    } catch {
      view.refuse(error)
      throw error
    }
  }

  private func run(_ view: BatchView) async throws {
    var machine = try options.machine(memory: memory)
    machine.store = try storing.store()
    if options.allowUntrusted { try Vips.start(VipsSettings(allowUntrusted: true)) }
    var base = try options.request()
    (base.params, base.inputs, base.settings, base.swaps, base.preset) = ([:], [:], [:], [:], nil)
    base.environment = Machine.versions
    var batch = Batch.Options()
    batch.shard = try part()
    (batch.retriesFailed, batch.stopsOnFailure, batch.limit) = (retryFailed, stopOnFailure, limit)
    batch.events = { view.show($0) }
    batch.command = Program.command
    let experiment = try experiment()
    let folder = URL(filePath: options.outputFolder, directoryHint: .isDirectory).absoluteURL
    let running = Batch(
      experiment, into: folder, base: base, options: batch, running: machine.runOptions,
      plan: { [machine] in try await machine.plan($0, $1) }, planner: Planner(registry: machine.registry))
    guard !dryRun else { return view.show(try await running.forecast()) }
    let summary = try await running.run()
    if let sheet = experiment.sheet, summary.isComplete, summary.rows == summary.ownRows {
      let file = folder.appending(path: "sheet.png").path(percentEncoded: false)
      try await BatchSheet.draw(sheet, of: folder, to: file)
      if !quiet, !json { Terminal.say("sheet    \(options.outputFolder)/sheet.png") }
    }
    if report {
      try await PageOptions.write(to: folder.appending(path: PageOptions.name)) { try Report(of: folder) }
      if !quiet, !json { Terminal.say("report   \(options.outputFolder)/\(PageOptions.name)") }
    }
    guard summary.isComplete else { throw Reported(exitCode: summary.failed > 0 ? 4 : Failure.again) }
  }

  private func part() throws -> Shard {
    do {
      switch shard {
      case nil: return .all
      case "auto"?:
        let shard = try Shard(environment: ProcessInfo.processInfo.environment)
        Terminal.say("shard \(shard) (\(shard.source ?? ""))")
        return shard
      case let text?: return try Shard(text)
      }
    } catch {
      throw UsageFault("--shard: \(error)")
    }
  }

  /// The experiment that the document and the options describe together.
  private func experiment() throws -> Experiment {
    let here = URL.currentDirectory()
    var experiment = try read()
    try fix(options.params, &experiment, "param", "--param name=value")
    if let model = options.model {
      try experiment.fix("model", text: model, option: "--model", from: here)
    }
    if let preset = options.preset {
      try experiment.fix("preset", text: preset, option: "--preset", from: here)
    }
    try fix(options.inputs, &experiment, "input", "--input name=file")
    try fix(options.settings, &experiment, nil, "--set stage.key=value")
    try fix(options.swaps, &experiment, "swap", "--swap id=stage")
    for text in axes {
      let (name, values) = try DocumentOptions.pair(text, "--axis name=values")
      try experiment.cross(name, values: values, from: here)
    }
    for text in zipped { try experiment.zip(text.split(separator: ",").map(String.init)) }
    for text in patterns {
      let (name, pattern) = try DocumentOptions.pair(text, "--each name=pattern")
      try experiment.each(name, pattern: pattern, from: here)
    }
    if let table {
      guard experiment.source == .one else {
        throw UsageFault("rows come from one table or from files, not from both")
      }
      experiment.source = .table(RowTable(URL(filePath: table).absoluteURL, named: table))
    }
    if let name { experiment.name = name }
    if skipMissing { experiment.skipsMissing = true }
    for text in measures {
      let (column, path) = try DocumentOptions.pair(text, "--measure column=output.member")
      try experiment.measure(column, path)
    }
    return experiment
  }

  private func fix(_ texts: [String], _ experiment: inout Experiment, _ kind: String?, _ form: String) throws
  {
    for (name, value) in try DocumentOptions.pairs(texts, form) {
      try experiment.fix(
        kind.map { "\($0):\(name)" } ?? name, text: value,
        option: form.prefix(while: { $0 != " " }) + " \(name)",
        from: .currentDirectory())
    }
  }

  /// The document, an experiment's or a pipeline's.
  private func read() throws -> Experiment {
    if options.document != "-", !options.document.hasPrefix("/dev/fd/") {
      let url = options.file
      // What cannot be read is said by who reads pipelines.
      if let data = try? Data(contentsOf: url) {
        let source = try JSONParser.parse(data, file: options.document)
        if Experiment.isExperiment(source) {
          return try Experiment(source, folder: url.deletingLastPathComponent().standardizedFileURL)
        }
      }
    }
    let pipeline = try options.load()
    return Experiment(pipeline, folder: .currentDirectory())
  }
}

/// Says where a batch stands.
struct BatchStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say where a batch stands, also while it runs.")

  @Argument(help: "The folder of its results.", completion: .directory) var folder: String
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let results = ResultsFolder(URL(filePath: folder, directoryHint: .isDirectory).absoluteURL)
    guard let manifest = results.manifest else { throw UsageFault("'\(folder)' holds no results of a batch") }
    let records = results.latest()
    let rows = manifest["rows"]?.integer ?? 0
    let failed = records.filter { !$0.isDone }
    let done = records.count - failed.count
    guard !json else {
      return print(
        JSONWriter.pretty([
          "rows": JSONValue(rows), "done": JSONValue(done), "failed": JSONValue(failed.count),
          "left": JSONValue(max(0, rows - records.count)),
          "failures": .array(failed.map { ["name": .string($0.name), "error": .string($0.error ?? "")] }),
        ]), terminator: "")
    }
    print("\(done) of \(rows) rows done, \(failed.count) failed, \(max(0, rows - records.count)) left")
    for record in failed.prefix(20) { print("failed  \(record.name): \(record.error ?? "")") }
  }
}

/// Joins the records of shards.
struct MergeBatch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the records of all shards in one results.jsonl, once they have ended.")

  @Argument(help: "The folder of the results.", completion: .directory) var folder: String

  func run() throws {
    let results = ResultsFolder(URL(filePath: folder, directoryHint: .isDirectory).absoluteURL)
    guard !results.recordFiles.isEmpty else { throw UsageFault("'\(folder)' holds no results of a batch") }
    print("\(try results.merge()) rows in \(folder)/results.jsonl")
  }
}

/// Shows results on a sheet.
struct BatchSheet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet", abstract: "Draw a labelled contact sheet whose rows and columns are axes.",
    discussion: "pipeline-run batch sheet out --rows guidance --columns seed --out sheet.png")

  @Argument(help: "The folder of the results.", completion: .directory) var folder: String
  @Option(help: "What the sheet's rows are: an axis or a column.") var rows: String?
  @Option(help: "What the sheet's columns are: an axis or a column; row is each row by itself.") var columns:
    String
  @Option(help: "The output that is shown.") var output = "picture"
  @Option(help: "Width and height of a cell in pixels, from 16 to 2048.") var cell = 256
  @Option(name: .customLong("out"), help: ArgumentHelp("The picture's file.", valueName: "file")) var file =
    "sheet.png"

  func validate() throws {
    guard SheetPlan.cells.contains(cell) else {
      throw ValidationError("--cell is from 16 to 2048, not \(cell)")
    }
  }

  func run() async throws {
    var plan = SheetPlan(rows: rows, columns: columns)
    (plan.output, plan.cell) = (output, cell)
    try await Self.draw(plan, of: URL(filePath: folder, directoryHint: .isDirectory).absoluteURL, to: file)
  }

  static func draw(_ plan: SheetPlan, of folder: URL, to file: String) async throws {
    do {
      let sheet = try ResultTable(ResultsFolder(folder)).sheet(plan)
      let pipeline = try Pipeline(
        json: JSONWriter.pretty(sheet), named: "the sheet", folder: folder, on: Machine())
      try await pipeline.run().image("sheet").write(to: file)
    } catch let fault as ResultTable.Fault {
      throw UsageFault("\(fault)")
    }
  }
}

/// Lists the best rows.
struct RankBatch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "List the best rows by a measure, and copy their pictures.",
    discussion: "pipeline-run batch rank out --by likeness --group scene --top 1 --copy best")

  @Argument(help: "The folder of the results.", completion: .directory) var folder: String
  @Option(help: "The measure.") var by: String
  @Option(help: "The best of each value of this axis or column.") var group: String?
  @Option(help: "How many of each group.") var top = 10
  @Flag(help: "Less is better.") var ascending = false
  @Option(help: ArgumentHelp("Copy their outputs into this folder.", valueName: "folder")) var copy: String?

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top is at least 1") }
  }

  func run() throws {
    let url = URL(filePath: folder, directoryHint: .isDirectory).absoluteURL
    do {
      for (key, rows) in try ResultTable(ResultsFolder(url)).ranked(
        by: by, group: group, ascending: ascending)
      {
        if let group { print("\(group) \(key)") }
        for row in rows.prefix(top) {
          print("\(row.measures[by]?.number ?? 0)\t\(row.name)")
          if let copy { try save(row, from: url, to: URL(filePath: copy, directoryHint: .isDirectory)) }
        }
      }
    } catch let fault as ResultTable.Fault {
      throw UsageFault("\(fault)")
    }
  }

  private func save(_ row: RowRecord, from folder: URL, to target: URL) throws {
    for file in row.files.values {
      let source = file.url(in: folder)
      let place = target.appending(path: row.name).appending(path: source.lastPathComponent)
      try FileSystem().createFolder(place.deletingLastPathComponent())
      try AtomicFile(place).write(Data(contentsOf: source))
    }
  }
}
