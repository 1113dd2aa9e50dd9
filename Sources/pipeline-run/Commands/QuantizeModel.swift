import ArgumentParser
import Diffusion
import Foundation
import Imaging
import PaintByExample
import PipelineKit
import Training

/// Writes a model with 8-bit weights, and 8-bit inputs of its denoiser's layers.
struct QuantizeModel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Write a model whose convolutions and linear layers compute in 8 bits.",
    discussion: """
      Each output channel of a weight becomes integers from -127 to 127 and a scale: a quarter of 32-bit weights' size. \
      They are multiplied out as the network computes; OpenVINO keeps those of linear layers as they are in memory and \
      widens those of convolutions once. Biases, normalisations, and the layers that let pictures in and out stay as \
      they are.

      With --calibrate the denoiser's layers take inputs in 8 bits, too, and OpenVINO multiplies integers: less time \
      where the processor has instructions for them (VNNI). Pictures are painted to find over which range each input is rounded: \
      the middles of a folder's pictures, or rendered scenes. A layer whose inputs lose too much by it keeps them as they \
      are (--largest-error). Other processors, and other engines, compute the same, rounded \
      numbers in floating point, and gain nothing.

      What it costs is said: the relative error of weights and inputs by layer; and, of the pictures that were painted \
      (--calibrate, --compare), that of the denoiser's output and the painted pictures' distance from those of the \
      model as it was, with the same noise.

      Documents take the new model by its name or path like any other; 'plan', 'inspect' and the record in pictures say \
      that it is quantised.

      EXAMPLES
        pipeline-run models quantize paint-by-example --out models/paint-by-example-int8
        pipeline-run models quantize paint-by-example --out models/fast --calibrate photos --pictures 8
        pipeline-run models quantize paint-by-example-128 --out models/fast --calibrate world
        pipeline-run models quantize paint-by-example --out models/small --component unet --component image_encoder
        pipeline-run models quantize paint-by-example --out models/careful --keep mid_block --keep up_blocks.3
      """)

  @Argument(help: "A model's folder or name.", completion: .custom { _, _, _ in CompletionNames.models })
  var input: String

  @Option(
    name: .customLong("out"), help: ArgumentHelp("The folder to write.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Option(
    name: .customLong("component"),
    help: ArgumentHelp(
      "A network to quantise; may be given more than once. The denoiser by default.", valueName: "name"),
    completion: .list(ModelComponent.allCases.map(\.rawValue)), transform: Self.component)
  var components: [ModelComponent] = [.unet]

  @Option(
    name: .customLong("keep"),
    help: ArgumentHelp(
      "A layer, or all layers below a name, that stays as it is; may be given more than once.",
      valueName: "layer"))
  var kept: [String] = []

  @Option(
    help: ArgumentHelp(
      "Quantise the denoiser's inputs, too, by what it sees of a folder's pictures, or of rendered scenes: world.",
      valueName: "folder"), completion: .directory)
  var calibrate: String?

  @Option(
    help: ArgumentHelp(
      "Compare the models on a folder's pictures, or on world; those of --calibrate by default.",
      valueName: "folder"), completion: .directory)
  var compare: String?

  @Option(help: "How many pictures are painted.") var pictures = 4
  @Option(help: "Steps of the model's sampler that each takes.") var steps = 20
  @Option(help: "The relative error up to which a layer's inputs are quantised.") var largestError = 0.05

  @Flag(help: "Replace a model that is in the folder.")
  var force = false

  @OptionGroup var models: ModelOptions

  @Flag(help: "Print what was written, with every layer's error, as JSON.")
  var json = false

  @Flag(help: "Say nothing unless something fails.")
  var quiet = false

  func validate() throws {
    guard (1...1000).contains(pictures) else {
      throw ValidationError("--pictures is from 1 to 1000, not \(pictures)")
    }
    guard (1...1000).contains(steps) else { throw ValidationError("--steps is from 1 to 1000, not \(steps)") }
    guard largestError >= 0 else {
      throw ValidationError("--largest-error is 0 or more, not \(largestError)")
    }
    guard calibrate == nil || components.contains(.unet) else {
      throw ValidationError("--calibrate is for the denoiser: give --component unet, too")
    }
  }

  func run() async throws {
    let path = try models.path(of: input)
    if FileManager.default.fileExists(atPath: output), !force {
      throw UsageFault("'\(output)' is there already; --force replaces a model")
    }
    let quantization = try ModelQuantization(path: path, components: components, keeping: kept)
    var report = QuantizationReport(quantization, folder: output)
    var ranges: [String: ClosedRange<Float>] = [:]
    if let calibrate {
      say("painting to calibrate")
      let trial = try trial(calibrate, quantization.model)
      let reference = try await trial.reference(quantization.model, keeping: Self.stepsCalibratedOn)
      let calibration = try await trial.calibration(
        of: quantization.layers[.unet] ?? [], quantization.model, on: reference)
      ranges = calibration.ranges.filter { calibration.errors[$0.key]! <= largestError }
      report.note(calibration, quantized: Set(ranges.keys))
    }
    let conversion = try quantization.conversion(inputRanges: [.unet: ranges])
    try conversion.write(to: output, replacing: force)
    report.bytes = conversion.bytes
    if let place = compare ?? calibrate {
      say("painting to compare")
      let trial = try trial(place, quantization.model)
      report.comparison = try await trial.comparison(
        of: DiffusionModel(path: output), with: quantization.model,
        trial.reference(quantization.model, keeping: Self.stepsCalibratedOn))
    }
    if json {
      print(JSONWriter.pretty(report.json), terminator: "")
    } else if !quiet {
      Terminal.say(report.text)
    }
  }

  /// Of each run, how many steps' inputs are kept.
  private static let stepsCalibratedOn = 5

  private func say(_ line: String) {
    if !quiet, !json { Terminal.say(line) }
  }

  private func trial(_ place: String, _ model: DiffusionModel) throws -> QuantizationTrial {
    try Vips.start()
    return QuantizationTrial(
      try TrialPairs(place, for: model).pairs(pictures), steps: steps,
      engine: try EngineFinder.engine(ComputeOptions.standardEngine))
  }

  @Sendable private static func component(_ word: String) throws -> ModelComponent {
    guard let component = ModelComponent(rawValue: word) else {
      let known = ModelComponent.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no network '\(word)'; there are \(known)")
    }
    return component
  }
}
