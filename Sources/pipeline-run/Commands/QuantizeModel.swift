import ArgumentParser
import Diffusion
import Foundation
import PipelineKit

/// Writes a model with 8-bit weights.
struct QuantizeModel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Write a model whose convolutions and linear layers have 8-bit weights.",
    discussion: """
      Each output channel of a weight becomes integers from -127 to 127 and a scale: a quarter of 32-bit weights' size. \
      They are multiplied out as the network computes; OpenVINO keeps those of linear layers as they are in memory and \
      widens those of convolutions once. Biases, normalisations, and the layers that let pictures in and out stay as \
      they are. What it costs is said for each layer: the relative error of its weights.

      Documents take the new model by its name or path like any other; 'plan', 'inspect' and the record in pictures say \
      that it is quantised.

      EXAMPLES
        pipeline-run models quantize paint-by-example --out models/paint-by-example-int8
        pipeline-run models quantize paint-by-example --out models/small --component unet --component image_encoder
        pipeline-run models quantize paint-by-example --out models/careful --keep mid_block --keep up_blocks.3
      """)

  @Argument(help: "A model's folder or name.", completion: .directory)
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

  @Flag(help: "Replace a model that is in the folder.")
  var force = false

  @OptionGroup var models: ModelOptions

  @Flag(help: "Print what was written, with every layer's error, as JSON.")
  var json = false

  @Flag(help: "Say nothing unless something fails.")
  var quiet = false

  func run() async throws {
    let path = try models.path(of: input)
    if FileManager.default.fileExists(atPath: output), !force {
      throw UsageFault("'\(output)' is there already; --force replaces a model")
    }
    let quantization = try ModelQuantization(path: path, components: components, keeping: kept)
    let conversion = try quantization.conversion()
    try conversion.write(to: output, replacing: force)
    let report = QuantizationReport(quantization, conversion, folder: output)
    if json {
      print(JSONWriter.pretty(report.json), terminator: "")
    } else if !quiet {
      Terminal.say(report.text)
    }
  }

  @Sendable private static func component(_ word: String) throws -> ModelComponent {
    guard let component = ModelComponent(rawValue: word) else {
      let known = ModelComponent.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no network '\(word)'; there are \(known)")
    }
    return component
  }
}

/// What quantising a model did, and what it cost.
struct QuantizationReport {
  private let folder: String
  private let bytes: Int
  /// The relative error of each layer's weights, the largest first, by component.
  private let weightErrors: [(component: ModelComponent, layers: [(name: String, error: Double)])]

  init(_ quantization: ModelQuantization, _ conversion: ModelConversion, folder: String) {
    self.folder = folder
    bytes = conversion.bytes
    weightErrors = quantization.layers.keys.sorted { $0.rawValue < $1.rawValue }.map { component in
      let errors = quantization.weightErrors(of: component)
      return (component, errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) })
    }
  }

  /// For people: the layers that lose most.
  var text: String {
    let lines = weightErrors.flatMap { component, layers -> [String] in
      let shown = layers.prefix(5).map { "  \(percent($0.error))  \($0.name)" }
      return ["\(component.rawValue): \(layers.count) layers; relative error of weights, the largest:"]
        + shown
    }
    return (lines + ["\(folder): \(ProgressView.size(bytes)) of weights"]).joined(separator: "\n")
  }

  var json: JSONValue {
    let errors = weightErrors.map { component, layers in
      (
        component.rawValue,
        JSONValue.object(Dictionary(uniqueKeysWithValues: layers.map { ($0.name, .number($0.error)) }))
      )
    }
    return [
      "folder": .string(folder), "bytes": JSONValue(bytes),
      "weightErrors": .object(Dictionary(uniqueKeysWithValues: errors)),
    ]
  }

  private func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
}
