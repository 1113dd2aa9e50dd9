import ArgumentParser
import Foundation
import Foundations
import Imaging
import PipelineKit
import RenderedWorld

/// Renders scenes for training.
struct WorldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "world",
    abstract: "Render scenes with objects whose places are known, for training or as a benchmark.",
    discussion: """
      Each picture shows an object on a ground before a wall or the sky, in a light of its own. boxes.csv holds a row \
      for each in OpenImages' columns. The same seed gives the same pixels everywhere. Objects that are held out never \
      occur in the split 'train'. With --benchmark scenes, masks of the objects' boxes and other views of the objects \
      are written in the layout of the COCOEE benchmark, for Experiments/cocoee.json.

      EXAMPLES
        pipeline-run world --count 20000 --out world --glyphs
        pipeline-run world --count 36 --out look --split held-out --sheet 36
        pipeline-run world --benchmark --count 20 --size 128 --split held-out --out test_bench
        pipeline-run pairs --open-images world/boxes.csv --pictures world --out pairs --size 128
      """)

  @Option(help: "How many scenes.") var count: Int

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("The folder for pictures and boxes.csv.", valueName: "folder"))
  var output: String

  @Option(help: "Fixes every random choice.") var seed = 321
  @Option(help: "Width and height of scenes in pixels, from 32 to 1024.") var size = 160
  @Option(help: "Which objects are drawn from.") var split = SplitName.train
  @Option(help: "What the sheet's references show (default: crop).") var reference: ReferenceName?
  @Flag(help: "Use glyphs of Debian's fonts-noto-color-emoji as objects, too.") var glyphs = false
  @Flag(help: "Write them in the layout of the COCOEE benchmark instead.") var benchmark = false
  @Option(help: "Show so many of the first samples on sheet.png.") var sheet = 0
  @Option(help: "Scenes made at the same time (default: one a core).") var workers: Int?
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    guard (1...999_999_999).contains(count) else {
      throw ValidationError("--count is from 1 to 999999999, not \(count)")
    }
    guard (0...1 << 53).contains(seed) else { throw ValidationError("--seed is from 0 to 2⁵³, not \(seed)") }
    guard (32...1024).contains(size) else { throw ValidationError("--size is from 32 to 1024, not \(size)") }
    guard (0...600).contains(sheet) else { throw ValidationError("--sheet is from 0 to 600, not \(sheet)") }
    guard !benchmark || (sheet == 0 && reference == nil) else {
      throw ValidationError(
        "--benchmark draws no sheet, and its exemplars are other views: leave --sheet and --reference out")
    }
    guard (1...1024).contains(workers ?? 1) else { throw ValidationError("--workers is from 1 to 1024") }
  }

  func run() async throws {
    // Pictures are worked on side by side, so libvips need not split them.
    try Vips.start(VipsSettings(threads: 1))
    var settings = WorldSettings()
    (settings.size, settings.glyphs, settings.reference) = (
      size, glyphs, benchmark ? .anotherView : (reference ?? .crop).setting
    )
    let world: World
    do {
      world = try World(settings)
    } catch let error as WorldError {
      Terminal.say("error: \(error)")
      throw Reported(exitCode: glyphs ? 5 : 2)
    }
    let view = ProgressView(mode: quiet ? .quiet : Terminal.isInteractive ? .bars : .lines)
    let start = ContinuousClock.now
    view.show(.started(step: "world", stage: "world"))
    let folder = URL(filePath: output, directoryHint: .isDirectory)
    let workers = workers ?? ProcessorCount.current.count
    let show: @Sendable (Int) -> Void = { done in
      Monitor { view.show(.progressed(step: "world", $0)) }.report(done, of: count, unit: "scene")
    }
    if benchmark {
      try await BenchmarkFolder(world, folder, seed: seed, split: split.setting)
        .write(count: count, workers: workers, progress: show)
    } else {
      try await WorldFolder(world, folder, seed: seed, split: split.setting)
        .write(count: count, sheet: sheet, workers: workers, progress: show)
    }
    view.show(.ended(seconds: start.duration(to: .now) / .seconds(1), failures: 0))
  }
}

/// Which objects are drawn from.
enum SplitName: String, ExpressibleByArgument, CaseIterable {
  case train
  case heldOut = "held-out"

  var setting: WorldSplit {
    switch self {
    case .train: .train
    case .heldOut: .heldOut
    }
  }
}

/// What references show.
enum ReferenceName: String, ExpressibleByArgument, CaseIterable {
  case crop
  case anotherView = "another-view"

  var setting: WorldSettings.Reference {
    switch self {
    case .crop: .crop
    case .anotherView: .anotherView
    }
  }
}
