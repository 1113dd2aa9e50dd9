import ArgumentParser
import Diffusion
import Evaluation
import Foundation
import Foundations
import Imaging
import PaintByExample
import PipelineKit

/// Measures sets of pictures.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure sets of pictures: how good they are, how like others, how diverse.",
    discussion: """
      'evaluate RESULTS' takes measures of the pictures of a folder, or of a batch's results; 'evaluate statistics' makes \
      the file of a reference that is compared with often. 'evaluate measure --help' lists the measures.

      EXAMPLES
        pipeline-run evaluate out --reference photos --measures fid,kid,cmmd
        pipeline-run evaluate out --preset cocoee --reference coco.safetensors --mixture coco2017_gmm_k20
        pipeline-run evaluate statistics photos --out photos.safetensors
        pipeline-run evaluate out --reference photos.safetensors --measures fid --json
      """,
    subcommands: [EvaluateResults.self, EvaluateStatistics.self], defaultSubcommand: EvaluateResults.self)
}

/// Takes measures.
struct EvaluateResults: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Take measures of a set of pictures (the default).",
    discussion: """
      MEASURES
      \(SetMeasures.all.map { "  \($0.name.padding(toLength: 19, withPad: " ", startingAt: 0))\($0.summary)" }.joined(separator: "\n"))

      PRESETS
      \(Benchmark.all.map { "  \($0.name.padding(toLength: 8, withPad: " ", startingAt: 0))\($0.title): \($0.measures.joined(separator: ", ")), beside the published figures" }.joined(separator: "\n"))

      RESULTS and --reference are folders of pictures, or of a batch's results; a reference may also be a file of \
      statistics: .safetensors by 'evaluate statistics', or .npz by pytorch-fid or clean-fid, or .pth with the sums of torchmetrics' FID. Given several references, \
      each measure takes the first that fits it. Features are kept in the store by the digests of picture and weights: an \
      evaluation that was broken off, or is taken again, makes only those that are missing. A picture that cannot be read \
      is left out, named and counted.

      Of a batch, what pictures were made of is known by what they carry, and --exemplar and --mask are the names of the \
      pipeline's inputs or of the stages that load them. Of another folder they are paths, in which {name} stands for \
      each picture's name without its ending. Of a batch, results that differ in the seed alone (--over) are of one input, which diversity goes by. A mixture is \
      scikit-learn's GaussianMixture: its pickle, of which nothing is run, or a .safetensors file with its arrays weights, \
      means and precisions_cholesky.
      """)

  @Argument(help: "The folder of the pictures or of a batch's results.", completion: .directory)
  var results: String

  @Option(
    name: .customLong("reference"),
    help: ArgumentHelp("What is compared with; may be given more than once.", valueName: "folder|file"))
  var references: [String] = []

  @Option(
    help: ArgumentHelp("Which measures, such as fid,kid,diversity.", valueName: "name,name"),
    completion: .list(SetMeasures.all.map { $0.name }))
  var measures: String?

  @Option(
    help: ArgumentHelp("The measures of a benchmark, as its table.", valueName: "name"),
    completion: .list(Benchmark.all.map(\.name)))
  var preset: String?

  @Option(help: ArgumentHelp("What shows each picture's object, for its measures.", valueName: "name|path"))
  var exemplar = PictureSources().exemplar
  @Option(help: ArgumentHelp("What says where each was painted.", valueName: "name|path"))
  var mask = PictureSources().mask

  @Option(help: "Of a batch, the output that is measured, where it has several.") var output: String?
  @Option(
    name: .customLong("over"),
    help: ArgumentHelp(
      "Of a batch, the axis or column in which results of one input differ, for diversity.",
      valueName: "name"))
  var chance = "seed"

  @Option(
    help: ArgumentHelp(
      "Of a batch, axes or columns whose values are measured each by itself, as a table.",
      valueName: "name,name"))
  var by: String?

  @Option(
    help: ArgumentHelp("The mixture that qs goes by.", valueName: "file"),
    completion: .file())
  var mixture: String?

  @Option(help: "How often pictures are drawn again for the standard error of cmmd; 0 takes none.")
  var draws = 200

  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print CSV.") var csv = false
  @Flag(name: .shortAndLong, help: "Say nothing but errors while working.") var quiet = false

  @OptionGroup var encoders: EncoderOptions
  @OptionGroup var storing: StoreOptions

  func validate() throws {
    guard (measures == nil) != (preset == nil) else {
      throw ValidationError("name either --measures or a --preset")
    }
    guard !(json && csv) else { throw ValidationError("--json and --csv cannot both be printed") }
    guard draws == 0 || (2...10_000).contains(draws) else {
      throw ValidationError("--draws is 0, or from 2 to 10000, not \(draws)")
    }
  }

  func run() async throws {
    let (text, failed) = try await EvaluateCommand.inUsersWords {
      () async throws -> (String, [EvaluationReport.Entry]) in
      let benchmark = try benchmark()
      var evaluation = try SetEvaluation(benchmark.map { try known($0.measures) } ?? chosen())
      (evaluation.sources.exemplar, evaluation.sources.mask) = (exemplar, mask)
      evaluation.references = try references.map { try EvaluationReference(at: $0) }
      evaluation.mixture = try mixture.map { try GaussianMixture(contentsOf: $0) }
      evaluation.bootstrap = draws == 0 ? nil : Bootstrap(draws: draws)
      evaluation.store = try storing.store()
      let results = try PictureSet(
        URL(filePath: results, directoryHint: .isDirectory).absoluteURL, output: output, chance: chance)
      var machine = try encoders.machine()
      machine.store = evaluation.store
      let stages = MeasuringStages(machine: machine, options: encoders)
      let view = EncodingView(isQuiet: quiet)
      defer { view.end() }
      func report(on set: PictureSet) async throws -> EvaluationReport {
        var report = try await evaluation.run(
          on: set, encoder: { try await encoders.encoder($0, stages.machine) }, stages: stages
        ) { view.show($0) }
        report.benchmark = benchmark
        return report
      }
      guard let names = parting else {
        let whole = try await report(on: results)
        return (json ? JSONWriter.pretty(whole.json) : csv ? whole.csv : whole.text, whole.failed)
      }
      var whole = PartedReport(by: names, skipped: results.skipped)
      for (values, set) in try results.parts(by: names) {
        whole.parts.append(.init(values: values, report: try await report(on: set)))
      }
      return (json ? JSONWriter.pretty(whole.json) : csv ? whole.csv : whole.text, whole.failed)
    }
    print(text, terminator: "")
    guard failed.isEmpty else {
      var names: [String] = []
      for entry in failed where !names.contains(entry.measure) { names.append(entry.measure) }
      Terminal.say("error: not taken: \(names.joined(separator: ", "))")
      let isMissing = failed.contains { entry in
        if case .failure(let fault) = entry.outcome { fault.isMissing } else { false }
      }
      throw Reported(exitCode: isMissing ? 5 : 4)
    }
  }

  /// What the results are parted by.
  private var parting: [String]? {
    by?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private func benchmark() throws -> Benchmark? {
    guard let preset else { return nil }
    if let known = Benchmark.all.first(where: { $0.name == preset }) { return known }
    throw UsageFault(
      "there is no preset '\(preset)'; there are \(Benchmark.all.map(\.name).joined(separator: ", "))")
  }

  private func known(_ names: [String]) throws -> [any SetMeasure.Type] {
    try names.map { name in
      if let known = SetMeasures.all.first(where: { $0.name == name }) { return known }
      let known = SetMeasures.all.map { $0.name }
      throw UsageFault(
        "there is no measure '\(name)'"
          + (nearestName(to: name, among: known).map { "; did you mean '\($0)'?" }
            ?? "; there are \(known.joined(separator: ", "))"))
    }
  }

  /// The measures that were asked for, and what they lack.
  private func chosen() throws -> [any SetMeasure.Type] {
    let names = (measures ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let chosen = try known(names)
    guard !chosen.isEmpty else { throw UsageFault("--measures names none") }
    let comparing = chosen.filter { $0.need != .none }.map { $0.name }
    guard comparing.isEmpty || !references.isEmpty else {
      throw UsageFault("\(comparing.joined(separator: ", ")): name what to compare with by --reference")
    }
    if mixture == nil, let one = chosen.first(where: { $0.takesMixture }) {
      throw UsageFault("\(one.name) takes a mixture: name its file with --mixture, or take qs-fitted")
    }
    return chosen
  }
}

/// Makes the file of a reference.
struct EvaluateStatistics: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics",
    abstract: "Write the features of a folder's pictures, and their mean and covariance.",
    discussion: """
      The file says by which weights and resize rule it was made; measures that see otherwise do not take it.

      EXAMPLE
        pipeline-run evaluate statistics photos --out photos.safetensors
        pipeline-run evaluate statistics photos --encoder clip --moments-only --out photos-clip.safetensors
      """)

  @Argument(help: "The folder of the pictures or of a batch's results.", completion: .directory)
  var folder: String

  @Option(
    name: .customLong("out"), help: ArgumentHelp("The file, .safetensors.", valueName: "file"))
  var file: String

  @Option(
    help: ArgumentHelp(
      "Which network: \(PictureEncoder.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var encoder = PictureEncoder.Kind.inception

  @Flag(help: "Leave the features themselves out: a small file, for fid and clip-fid alone.")
  var momentsOnly = false

  @Option(help: "Of a batch, the output that is meant, where it has several.") var output: String?
  @Flag(name: .shortAndLong, help: "Say nothing but errors while working.") var quiet = false

  @OptionGroup var encoders: EncoderOptions
  @OptionGroup var storing: StoreOptions

  func validate() throws {
    guard file.hasSuffix(".safetensors") else {
      throw ValidationError("--out is a .safetensors file, not '\(file)'")
    }
  }

  func run() async throws {
    try await EvaluateCommand.inUsersWords {
      let set = try PictureSet(
        URL(filePath: folder, directoryHint: .isDirectory).absoluteURL, output: output)
      let machine = try encoders.machine()
      let chosen = try await encoders.encoder(encoder, machine)
      let view = EncodingView(isQuiet: quiet)
      let seen = try await FeatureExtraction(chosen, store: storing.store())(set) { done in
        view.show(.init(encoder, set, done: done))
      }
      view.end()
      let statistics = try FeatureStatistics(
        of: seen.features, provenance: chosen.provenance(pictures: seen.features.rows))
      try statistics.write(to: file, keepsFeatures: !momentsOnly)
      for one in seen.skipped { Terminal.say("left out: \(one.name): \(one.reason)") }
      print("\(file): \(seen.features.rows) pictures, \(seen.skipped.count) left out")
    }
  }
}

extension EvaluateCommand {
  /// Reads pictures and waits for disks where nothing else waits, and says what an evaluation lacks as an error in use.
  static func inUsersWords<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await withTaskExecutorPreference(BlockingExecutor()) { try await body() }
    } catch let fault as EvaluationFault {
      throw UsageFault(fault.description)
    }
  }
}
