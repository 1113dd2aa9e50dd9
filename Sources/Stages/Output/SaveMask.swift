import Foundation
import Imaging
import PipelineKit

/// Writes a mask to a PNG file.
struct SaveMask: Sink {
  static let name = "mask.save"
  static let summary = "Writes a mask to a PNG: white where the picture may be changed."
  static let mask = Input<Mask>("mask", help: "The mask.")
  static let file = Output<EncodedFile>("file", help: "The encoded mask.")
  static let inputs: [any StagePort] = [mask]
  static let outputs: [any StagePort] = [file]

  enum Depth: String, ParameterChoice {
    case one = "1"
    case eight = "8"
  }

  struct Parameters: StageParameters {
    @Parameter(help: "The file, a .png; - writes to standard output.") var path: OutputPath
    @Parameter(help: "Bits a pixel: 8 keeps soft edges, 1 cuts at one half.") var depth = Depth.eight
    @Parameter(help: "Write how the mask was made into the file.") var provenance = true

    func conflict() -> ParameterConflict? {
      path.isStandardOutput || path.url.pathExtension.lowercased() == "png"
        ? nil : ParameterConflict("path", "'\(path.written)' is no .png, and masks are written as PNG")
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func mostBytes(_ inputs: StageShapes, provenance: String?) -> Int? {
    inputs[Self.mask].map { shape in
      ValueShape.mostBytes(ofFileWith: shape.bytes, provenance: parameters.provenance ? provenance : nil)
    }
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let mask = try inputs[Self.mask].image
    let provenance = parameters.provenance ? context.provenance : nil
    let texts = provenance.map { [PNGText(keyword: StandardStages.provenanceKeyword, text: $0)] } ?? []
    let bytes = try evaluate(context.monitor) { monitor in
      switch parameters.depth {
      case .eight: try mask.encoded(as: .png, options: SaveOptions(texts: texts), monitor: monitor)
      case .one: try PNGFile.inserting(texts, into: mask.encodedAsBitmap(monitor: monitor))
      }
    }
    let file = try context.scratch.appending(path: "mask.png")
    try Data(bytes).write(to: file)
    return StageOutputs(Self.file, EncodedFile(file))
  }

  func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery {
    try parameters.path.deliver(outputs[Self.file].url)
  }
}
