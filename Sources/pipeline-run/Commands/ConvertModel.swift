import ArgumentParser
import Diffusion
import Foundation
import PipelineKit

/// Writes a model anew, in the layout that opens fastest.
struct ConvertModel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a model as a folder of .safetensors files, which open at once.",
    discussion: """
      INPUT is any model that can be read: a diffusers folder with .safetensors or .bin files, whole or in shards, or \
      the authors' single file, which gets the settings that Paint by Example, or Stable Diffusion 1 or 2, was published \
      with; of these the folder tokenizer is to lie beside the file. Every weight is checked \
      first, and all that is missing, not needed or of another shape is listed at once. The folder appears whole or \
      not at all. A safety checker and other components that this program has no network for are left out.

      --as f16 or bf16 halves the size of 32-bit weights, rounding to nearest. f16 holds nothing beyond 65504; a \
      larger weight is an error that names it.

      EXAMPLES
        pipeline-run models convert model.ckpt --out models/paint-by-example
        pipeline-run models convert paint-by-example --out models/half --as f16
        pipeline-run models convert paint-by-example --out models/shards --shard-size 2G
      """)

  @Argument(
    help: "A model's folder, file or name.", completion: .custom { _, _, _ in CompletionNames.models })
  var input: String

  @Option(
    name: .customLong("out"), help: ArgumentHelp("The folder to write.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Option(
    name: .customLong("as"), help: "What 32-bit, 16-bit and bfloat16 weights become; as they are by default.")
  var precision: WeightPrecision?

  @Option(
    help: ArgumentHelp(
      "Split a component's weights into files of at most this size, with an index: 9M, 5G.", valueName: "size"
    ))
  var shardSize: ByteCount?

  @Flag(help: "Replace a model that is in the folder.")
  var force = false

  @OptionGroup var models: ModelOptions

  @Flag(help: "Print what was written as JSON.")
  var json = false

  @Flag(help: "Say nothing unless something fails.")
  var quiet = false

  func run() async throws {
    let path = try models.path(of: input)
    if FileManager.default.fileExists(atPath: output), !force {
      throw UsageFault("'\(output)' is there already; --force replaces a model")
    }
    var conversion = try ModelConversion(path: path, as: precision?.scalarType)
    conversion.shardBytes = shardSize?.bytes
    let speaks = !quiet && !json
    if speaks, !conversion.leftOut.isEmpty {
      Terminal.say("left out: \(conversion.leftOut.joined(separator: ", "))")
    }
    try conversion.write(to: output, replacing: force) { component in
      if speaks { Terminal.say("writing \(component.rawValue)") }
    }
    if json {
      let result: JSONValue = [
        "folder": .string(output), "bytes": .init(conversion.bytes),
        "leftOut": .array(conversion.leftOut.map { .string($0) }),
      ]
      print(JSONWriter.pretty(result), terminator: "")
    } else if speaks {
      Terminal.say("\(output): \(ProgressView.size(conversion.bytes)) of weights")
    }
  }
}

/// How exactly weights are kept.
enum WeightPrecision: String, CaseIterable, ExpressibleByArgument {
  case f16, bf16, f32

  var scalarType: ScalarType {
    switch self {
    case .f16: .float16
    case .bf16: .bfloat16
    case .f32: .float32
    }
  }
}
