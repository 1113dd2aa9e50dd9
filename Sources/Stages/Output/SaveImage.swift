import Foundation
import Imaging
import PipelineKit

/// Writes a picture to a file.
struct SaveImage: Sink {
  static let name = "image.save"
  static let version = 2
  static let summary = "Writes a picture to a file; the name's ending says the format."
  static let discussion = """
    The file appears whole or not at all. A PNG carries how it was made, unless `provenance` is false, and
    `pipeline-run replay` makes it again from that. What the format cannot hold (opacity or 16 bits in a JPEG, say) is
    refused before anything runs, where the picture's shape is known then. `-` writes to standard output, as PNG unless `format` says else.
    """
  static let image = Input<Picture>("image", help: "The picture.")
  static let file = Output<EncodedFile>("file", help: "The encoded picture.")
  static let inputs: [any StagePort] = [image]
  static let outputs: [any StagePort] = [file]

  enum Format: String, ParameterChoice { case auto, png, jpeg, webp, tiff, avif, gif, ppm }
  enum Depth: String, ParameterChoice {
    case keep
    case eight = "8"
    case sixteen = "16"
  }

  struct Parameters: StageParameters {
    @Parameter(help: "The file; - writes to standard output.") var path: OutputPath
    @Parameter(help: "The format; auto goes by the file's name.") var format = Format.auto
    @Parameter(help: "1 to 100, for formats that lose detail.", 1...100) var quality: Int? = nil
    @Parameter(help: "0 (fast) to 9 (small), for PNG.", 0...9) var compression: Int? = nil
    @Parameter(
      help: "Keep every pixel, for formats that leave the choice (WebP; AVIF from libvips 8.15.3 on).")
    var lossless: Bool? = nil
    @Parameter(help: "Bits a channel; keep writes what the picture has.") var depth = Depth.keep
    @Parameter(help: "A colour (0 to 255 a channel) to put behind transparent pixels.", 0...255)
    var background: [Double]? = nil
    @Parameter(help: "Leave out EXIF, XMP, profile and other metadata.") var stripMetadata = false
    @Parameter(
      help: "Write how the picture was made into the file. Left out: where the format can, which is PNG.")
    var provenance: Bool? = nil

    func conflict() -> ParameterConflict? {
      do {
        let format = try imageFormat
        if provenance == true, format != .png {
          return ParameterConflict("provenance", "a \(format.rawValue) file cannot carry provenance; PNG can")
        }
        try options.check(for: format)
        return nil
      } catch {
        return ParameterConflict("path", "\(error)")
      }
    }

    var imageFormat: ImageFormat {
      get throws {
        if let named = ImageFormat(rawValue: format.rawValue) { return named }
        return path.isStandardOutput ? .png : try ImageFormat(path: path.written)
      }
    }

    /// What a picture of that shape is refused for.
    func misfit(_ shape: ValueShape?) -> ParameterConflict? {
      guard let format = try? imageFormat, let given = shape?.sampleFormat, let hasAlpha = shape?.hasAlpha
      else { return nil }
      let setting = self.format == .auto && !path.isStandardOutput ? "path" : "format"
      let refusal = "the picture at 'image' has"
      let wanted: SampleFormat? = depth == .keep ? nil : depth == .eight ? .uint8 : .uint16
      guard wanted == nil || given.isPictureDepth else {
        return ParameterConflict(
          "depth",
          "\(refusal) \(given.phrase), which has no 8 or 16 bits; image.load with \"colour\": \"srgb\" makes them"
        )
      }
      guard format.depths.contains(wanted ?? given) else {
        let choices = format.depths.contains(.uint16) ? "8 or 16" : "8"
        return ParameterConflict(
          wanted == nil ? setting : "depth",
          wanted == nil
            ? "\(refusal) \(given.phrase), which a \(format.rawValue) file cannot hold; image.save with \"depth\" \(choices) converts them"
            : "a \(format.rawValue) file cannot hold 16 bits; set \(choices)")
      }
      guard format.holdsAlpha || !hasAlpha || background != nil else {
        return ParameterConflict(
          setting,
          "\(refusal) opacity, which a \(format.rawValue) file cannot hold; image.save with \"background\" puts a colour behind it"
        )
      }
      return nil
    }

    var options: SaveOptions {
      SaveOptions(
        quality: quality, compression: compression, lossless: lossless, stripsMetadata: stripMetadata)
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    if let misfit = parameters.misfit(inputs[Self.image]) { throw misfit }
    return Estimate()
  }

  func mostBytes(_ inputs: StageShapes, provenance: String?) -> Int? {
    guard let shape = inputs[Self.image] else { return nil }
    let isWidened = parameters.depth == .sixteen && shape.sizes["bits"] == 8
    let carries = (try? parameters.imageFormat) == .png && parameters.provenance != false
    return ValueShape.mostBytes(
      ofFileWith: shape.bytes * (isWidened ? 2 : 1), provenance: carries ? provenance : nil)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let format = try parameters.imageFormat
    var options = parameters.options
    if format == .png, parameters.provenance != false, let text = context.provenance {
      options.texts = [PNGText(keyword: StandardStages.provenanceKeyword, text: text)]
    }
    let image = try prepared(inputs[Self.image].image, for: format)
    let file = try context.scratch.appending(path: "picture.\(format.extensions[0])")
    try evaluate(context.monitor) {
      try image.write(to: file.path(percentEncoded: false), as: format, options: options, monitor: $0)
    }
    return StageOutputs(Self.file, EncodedFile(file))
  }

  func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery {
    try parameters.path.deliver(outputs[Self.file].url)
  }

  private func prepared(_ image: Image, for format: ImageFormat) throws -> Image {
    var image = image
    if let background = parameters.background {
      image = try image.flattened(over: background.map { $0 / 255 * image.format.fullScale })
    }
    switch parameters.depth {
    case .eight: return try image.rescaled(to: .uint8)
    case .sixteen: return try image.rescaled(to: .uint16)
    case .keep: return image
    }
  }
}
