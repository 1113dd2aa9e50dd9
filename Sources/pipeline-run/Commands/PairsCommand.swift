import ArgumentParser
import Foundation
import Foundations
import Imaging
import PipelineKit
import Training

/// Makes training pairs out of annotated pictures.
struct PairsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pairs", abstract: "Make training pairs out of pictures with boxes, as WebDataset shards.",
    discussion: """
      For each picture one box that covers 2 to 80 % of it is drawn. Its surroundings become the scene with a hole, \
      the box with 10 pixels around it becomes the reference, changed as the paper does (Pipelines/training-pair.json \
      makes one such pair; a pair's seed and box give the same pixels there).

      A shard pairs-000000.tar holds KEY.scene.png, KEY.reference.png, KEY.mask.png (white in the hole), \
      KEY.target.png and KEY.json, with every random choice. Shards are the same bytes with any number of workers; a \
      run that was interrupted goes on with the next missing one. Pictures that are missing or cannot be read, records of \
      the annotations that cannot be understood and boxes outside their picture are skipped and named in report.json, \
      which is printed as well; a shard that lacks a picture which can be read by now is made anew. Boxes around crowds \
      (COCO's iscrowd) and groups (OpenImages' IsGroupOf) are left out unless --groups takes them.

      EXAMPLES
        pipeline-run pairs --coco instances_train2017.json --pictures train2017 --out pairs
        pipeline-run pairs --open-images train-annotations-bbox.csv --pictures train --out pairs --target jpg
      """)

  @OptionGroup var annotations: AnnotationOptions

  @Option(help: ArgumentHelp("The folder that the pictures lie in.", valueName: "folder"))
  var pictures: String

  @Option(name: .customLong("out"), help: ArgumentHelp("The folder for shards.", valueName: "folder"))
  var output: String

  @Option(help: "Fixes every random choice.") var seed = 321
  @Option(help: "Width and height of scene, mask and target in pixels.") var size = 512
  @Option(help: "Pairs drawn from each picture.") var draws = 1
  @Option(help: "Pairs in a shard.") var shardSize = 1000
  @Option(help: "At most so many pairs.") var limit: Int?
  @Option(help: "The share of free-form masks; the others are boxes.") var freeForm = 0.5
  @Option(help: "What targets are stored as.") var target = TargetFormat.png
  @Flag(help: "Leave references as they are but for their size.") var noAugmentation = false
  @Option(help: "Pairs made at the same time (default: one a core).") var workers: Int?
  @Flag(help: "Take boxes around groups and crowds for objects, too.") var groups = false
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    let atLeastOne: [(String, Int?)] = [
      ("size", size), ("draws", draws), ("shard-size", shardSize), ("limit", limit), ("workers", workers),
    ]
    for (name, value) in atLeastOne where (value ?? 1) < 1 {
      throw ValidationError("--\(name) is at least 1, not \(value ?? 1)")
    }
    guard size <= 16384 else { throw ValidationError("--size is at most 16384, not \(size)") }
    guard (workers ?? 1) <= 1024 else { throw ValidationError("--workers is at most 1024") }
    guard (0...1 << 53).contains(seed) else { throw ValidationError("--seed is from 0 to 2⁵³, not \(seed)") }
    guard (0...1).contains(freeForm) else {
      throw ValidationError("--free-form is from 0 to 1, not \(freeForm)")
    }
  }

  func run() async throws {
    do {
      try await make()
    } catch let error as AnnotationError {
      Terminal.say("error: \(error)")
      throw Reported(exitCode: 4)
    } catch let error as ShardError {
      Terminal.say("error: \(error)")
      throw Reported(exitCode: 4)
    }
  }

  private func make() async throws {
    // Pictures are worked on side by side, so libvips need not split them.
    try Vips.start(VipsSettings(threads: 1))
    let view = ProgressView(mode: quiet ? .quiet : Terminal.isInteractive ? .bars : .lines)
    let start = ContinuousClock.now
    let shards = try shards(view)
    view.show(.started(step: "pairs", stage: "pairs"))
    let tally = try await shards.write(workers: workers ?? ProcessorCount.current.count) {
      show($0, view)
    }
    let elapsed = start.duration(to: .now) / .seconds(1)
    view.show(.ended(seconds: elapsed, failures: 0))
    if !quiet { print(JSONWriter.pretty(tally.report), terminator: "") }
    guard tally.pairs > 0 else {
      Terminal.say("error: no pair could be made; \(output)/report.json says why")
      throw Reported(exitCode: 4)
    }
  }

  private func shards(_ view: ProgressView) throws -> PairShards {
    var settings = PairSettings()
    (settings.seed, settings.recipe.size, settings.draws) = (seed, size, draws)
    (settings.shardSize, settings.limit, settings.target) = (shardSize, limit, target.setting)
    settings.recipe.shape.freeForm = freeForm
    settings.takesGroups = groups
    if noAugmentation { settings.recipe.augmentation = .none }
    let table = try annotations.table(settings.boxes)
    view.show(
      .said(
        step: nil, .info,
        "\(annotations.file): \(table.tally.boxes) boxes; \(table.pictures.count) pictures can be used"))
    return PairShards(
      table, annotations: try ContentDigest(ofFile: URL(filePath: annotations.file)),
      pictures: URL(filePath: pictures, directoryHint: .isDirectory),
      folder: URL(filePath: output, directoryHint: .isDirectory), settings: settings)
  }

  private func show(_ event: PairShards.Event, _ view: ProgressView) {
    switch event {
    case .progressed(let done, let total):
      Monitor { view.show(.progressed(step: "pairs", $0)) }.report(done, of: total, unit: "pair")
    case .kept(let shard):
      view.show(.said(step: nil, .info, "\(shard).tar: kept from an earlier run"))
    case .remakes(let shard, let reason):
      view.show(.said(step: nil, .warning, "\(shard).tar is made anew: \(reason)"))
    case .wrote(let shard, let tally):
      let skipped = tally.skipped.values.reduce(0, +)
      view.show(
        .said(
          step: nil, .info,
          "\(shard).tar: \(tally.pairs) pairs" + (skipped > 0 ? ", \(skipped) skipped" : "")))
    }
  }
}

/// Where boxes come from: exactly one file.
struct AnnotationOptions: ParsableArguments {
  @Option(
    name: .customLong("coco"), help: ArgumentHelp("COCO's object instances (JSON).", valueName: "file"))
  var coco: String?

  @Option(
    name: .customLong("open-images"),
    help: ArgumentHelp("OpenImages' table of boxes (CSV).", valueName: "file"))
  var openImages: String?

  func validate() throws {
    guard (coco == nil) != (openImages == nil) else {
      throw ValidationError("give either --coco or --open-images")
    }
  }

  var file: String { coco ?? openImages ?? "" }

  func table(_ use: BoxUse) throws -> BoxTable {
    coco == nil
      ? try OpenImagesBoxes.read(URL(filePath: file), use)
      : try COCOInstances.read(URL(filePath: file), use)
  }
}

/// What targets are stored as.
enum TargetFormat: String, ExpressibleByArgument, CaseIterable {
  case png, jpg

  var setting: PairSettings.TargetFormat {
    switch self {
    case .png: .png
    case .jpg: .jpg
    }
  }
}
