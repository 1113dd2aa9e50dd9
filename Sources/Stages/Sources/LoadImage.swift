import Foundation
import Imaging
import PipelineKit

/// Reads a picture from a file.
struct LoadImage: Stage {
  static let name = "image.load"
  static let version = 2
  static let summary = "Reads a picture from a file, in any format libvips reads."
  static let discussion = """
    The format is recognized by content. PNGs are walked strictly and JPEGs decoded to their end: a wrong checksum, a missing
    end, whatever a decoder only warns of is an error, unless `strict` is false. A damaged part that readers can do
    without (a PNG's texts, say) is skipped; so is a profile that is damaged or does not fit the picture. Both are said,
    as is a file that holds several pictures, of which the first or primary one is taken.

    With `colour` srgb, floating-point and integer pictures other than 8 and 16 bits come out in 16 bits. Their white is
    1, or the largest value of the fewest bits (8, 10, 12, …) that hold all of them, which is said; `white` sets it.
    `-` reads standard input. Formats whose readers libvips does not trust need --allow-untrusted.
    """
  static let picture = Output<Picture>("image", help: "The picture, upright.")
  static let outputs: [any StagePort] = [picture]

  enum Colour: String, ParameterChoice { case srgb, keep }

  struct Parameters: StageParameters {
    @Parameter(help: "The file; - reads standard input.") var path: InputPath
    @Parameter(help: "Turn the picture upright as its orientation tag says.") var autorotate = true
    @Parameter(
      help: "srgb applies the ICC profile; keep leaves colours, profile and number format as they are.")
    var colour = Colour.srgb
    @Parameter(
      help: "The value that is white, where it is not what the depth says: 4095 for 12 bits stored in 16.",
      0.000001...4_294_967_295)
    var white: Double? = nil
    @Parameter(help: "random decodes now; sequential streams, for stages that read from top to bottom once.")
    var access = Access.random
    @Parameter(
      help: "The most megapixels the file may announce; checked before decoding.", 0.000001...1_000_000)
    var megapixelLimit = Double(LoadOptions.defaultPixelLimit) / 1e6
    @Parameter(help: "Refuse damaged pictures; false takes what the decoder can make of them, and says so.")
    var strict = true

    func conflict() -> ParameterConflict? {
      guard white != nil, colour == .keep else { return nil }
      return ParameterConflict("white", "white is set only with \"colour\": \"srgb\"")
    }
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let header = try Image.header(
      of: parameters.path.url.path(percentEncoded: false), options: options(false))
    var picture = try upright(header)
    if parameters.colour == .srgb {
      let white = parameters.white ?? picture.announcedWhite
      if white != nil || picture.comesOutIn16Bits { picture = try picture.scaled(white: white ?? 1) }
      picture = try picture.convertedToSRGB()
    }
    return Estimate([(Self.picture, .picture(picture))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let options = options(context.permissions.untrustedLoaders)
    let remark = { (text: String) in context.log(.warning, "\(parameters.path.written): \(text)") }
    let picture = try evaluate(context.monitor) { monitor in
      let image = try loaded(options, monitor, remark)
      guard parameters.colour == .srgb else { return try upright(image) }
      let ranged = try image.ranged(
        white: parameters.white, looksForDark: parameters.access == .random, remark
      ) {
        guard options.access == .sequential else { return image }
        return try parameters.path.picture(options, monitor)
      }
      return try upright(ranged).convertedToSRGB(remark: remark)
    }
    return StageOutputs(Self.picture, Picture(picture))
  }

  private func loaded(
    _ options: LoadOptions, _ monitor: EvaluationMonitor, _ remark: (String) -> Void
  ) throws -> Image {
    do {
      return try parameters.path.picture(options, monitor, remark: remark)
    } catch let error as ImagingError where error.damage != nil && parameters.strict {
      throw StageFailure("\(error)", advice: "\"strict\": false takes what can be decoded of it")
    }
  }

  private func upright(_ image: Image) throws -> Image {
    parameters.autorotate ? try image.autorotated() : image
  }

  private func options(_ allowsUntrusted: Bool) -> LoadOptions {
    LoadOptions(
      access: parameters.access == .random ? .random : .sequential,
      pixelLimit: Int(parameters.megapixelLimit * 1e6), allowUntrusted: allowsUntrusted,
      failOn: parameters.strict ? .warning : .none)
  }
}

/// How a file's pixels are asked for.
enum Access: String, ParameterChoice { case random, sequential }
