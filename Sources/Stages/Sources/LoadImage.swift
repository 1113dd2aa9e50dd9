import Foundation
import Imaging
import PipelineKit

/// Reads a picture from a file.
struct LoadImage: Stage {
  static let name = "image.load"
  static let summary = "Reads a picture from a file, in any format libvips reads."
  static let discussion = """
    The format is told by content. PNGs are walked strictly: a wrong checksum or a missing end is an error. So is what a
    JPEG decoder only warns of, unless `strict` is false.
    `-` reads standard input. Formats whose readers libvips does not trust need --allow-untrusted.
    """
  static let picture = Output<Picture>("image", help: "The picture, upright.")
  static let outputs: [any StagePort] = [picture]

  enum Colour: String, ParameterChoice { case srgb, keep }

  struct Parameters: StageParameters {
    @Parameter(help: "The file; - reads standard input.") var path: InputPath
    @Parameter(help: "Turn the picture upright as its orientation tag says.") var autorotate = true
    @Parameter(help: "srgb applies the ICC profile; keep leaves colours and profile as they are.")
    var colour = Colour.srgb
    @Parameter(help: "random decodes now; sequential streams, for stages that read from top to bottom once.")
    var access = Access.random
    @Parameter(
      help: "The most megapixels the file may announce; checked before decoding.", 0.000001...1_000_000)
    var megapixelLimit = Double(LoadOptions.defaultPixelLimit) / 1e6
    @Parameter(help: "Refuse damaged pictures; false takes what the decoder can make of a damaged JPEG.")
    var strict = true
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let header = try parameters.path.picture(options(access: .sequential, untrusted: false))
    return Estimate([(Self.picture, .picture(try prepared(header)))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let loading = options(access: parameters.access, untrusted: context.permissions.untrustedLoaders)
    let image = try evaluate(context.monitor) { try parameters.path.picture(loading, $0) }
    return StageOutputs(Self.picture, Picture(try prepared(image)))
  }

  private func prepared(_ image: Image) throws -> Image {
    let upright = parameters.autorotate ? try image.autorotated() : image
    return parameters.colour == .srgb ? try upright.convertedToSRGB() : upright
  }

  private func options(access: Access, untrusted: Bool) -> LoadOptions {
    LoadOptions(
      access: access == .random ? .random : .sequential,
      pixelLimit: Int(parameters.megapixelLimit * 1e6), allowUntrusted: untrusted,
      failOn: parameters.strict ? .warning : .error)
  }
}

/// How a file's pixels are asked for.
enum Access: String, ParameterChoice { case random, sequential }
