import ArgumentParser
import Diffusion
import Foundation
import Imaging
import Foundations
import RenderedWorld
import Tensors
import Training

/// Measures what a small model makes of objects and scenes that it never saw.
@main
struct BoxModelBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "box-model-benchmark",
    abstract: "Measure a model of the rendered world on objects and scenes that were held out from training.",
    discussion: """
      Writes figures.json and figures.md, and prints the latter: means over the samples ± their standard errors.
      The same options give the same figures with any number of workers.

      EXAMPLE
        box-model-benchmark Models/box --count 64 --out out/box-model
      """)

  enum ReferenceName: String, ExpressibleByArgument, CaseIterable {
    case crop
    case anotherView = "another-view"
  }

  @Argument(help: "The model's folder.") var model: String
  @Option(help: "How many held-out samples, at least 2.") var count = 64
  @Option(help: "Steps of the sampler that the model was published with.") var steps = 20
  @Option(help: "Fixes samples, masks and noise.") var seed = 321
  @Option(
    help: "What exemplars show: the object elsewhere and otherwise lit, or cut out of the scene itself.")
  var reference = ReferenceName.anotherView
  @Flag(help: "Use glyphs of Debian's fonts-noto-color-emoji as objects, too.") var glyphs = false
  @Option(help: "Precision of the networks: f32, bf16, f16.") var precision = "f32"
  @Option(help: "Samples worked on at the same time (default: one a core).") var workers: Int?
  @Option(name: .customLong("out"), help: "The folder for the figures.") var output = "out/box-model"

  func validate() throws {
    guard (2...100_000).contains(count) else { throw ValidationError("--count is from 2 to 100000") }
    guard (1...1000).contains(steps) else { throw ValidationError("--steps is from 1 to 1000") }
    guard (1...256).contains(workers ?? 1) else { throw ValidationError("--workers is from 1 to 256") }
    guard Precision(rawValue: precision) != nil else {
      throw ValidationError("--precision is f32, bf16 or f16, not '\(precision)'")
    }
  }

  func run() async throws {
    // Pictures are small and worked on side by side.
    try Vips.start(VipsSettings(threads: 1))
    let start = ContinuousClock.now
    let set = try HeldOutSet(
      count: count, seed: seed, size: pictureSize(), reference: reference == .crop ? .crop : .anotherView,
      glyphs: glyphs)
    let workers = min(workers ?? ProcessInfo.processInfo.activeProcessorCount, count)
    let evaluation = Evaluation(
      modelPath: model, set: set, steps: steps, seed: seed,
      compute: ComputeOptions(Precision(rawValue: precision)!))
    let figures = try await evaluation.figures(workers: workers) { done, total in
      FileHandle.standardError.write(Data("\(done) of \(total) pictures painted\n".utf8))
    }
    let seconds = Int((ContinuousClock.now - start) / .seconds(1))
    try write(figures, seconds: seconds)
  }

  private func pictureSize() throws -> Int {
    guard let size = try DiffusionModel(path: model).pictureSize else {
      throw ValidationError("the model does not say its size: sample_size is missing in unet/config.json")
    }
    guard size <= 1024 else {
      throw ValidationError("the world has no pictures of \(size)×\(size), which the model takes")
    }
    return size
  }

  private func write(_ figures: Figures, seconds: Int) throws {
    let folder = URL(filePath: output, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let setting: JSONValue = [
      "model": .string(model), "samples": JSONValue(count), "steps": JSONValue(steps),
      "seed": JSONValue(seed),
      "reference": .string(reference.rawValue), "glyphs": .bool(glyphs), "precision": .string(precision),
    ]
    try JSONWriter.pretty(["setting": setting, "figures": figures.json])
      .write(to: folder.appending(path: "figures.json"), atomically: true, encoding: .utf8)
    let text = """
      \(count) held-out samples, \(steps) steps, seed \(seed), exemplars: \(reference.rawValue), \(precision), \
      \(seconds) s. Mean ± standard error.

      \(figures.markdown)
      """
    try text.write(to: folder.appending(path: "figures.md"), atomically: true, encoding: .utf8)
    print(text)
  }
}
