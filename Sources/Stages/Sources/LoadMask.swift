import Foundation
import Imaging
import PipelineKit

/// Reads a mask from a picture file.
struct LoadMask: Stage {
  static let name = "mask.load"
  static let summary = "Reads a mask from a picture file, with the polarity you say."
  static let scene = OptionalInput<Picture>(
    "scene", help: "The picture the mask belongs to; sizes must agree.")
  static let mask = Output<Mask>("mask", help: "The mask: 1 where the picture may be changed.")
  static let inputs: [any StagePort] = [scene]
  static let outputs: [any StagePort] = [mask]

  enum Editable: String, ParameterChoice { case white, black }

  struct Parameters: StageParameters {
    @Parameter(help: "The file; - reads standard input.") var path: InputPath
    @Parameter(help: "Which colour marks what may be changed.") var editable = Editable.white
    @Parameter(help: "What of the file is the mask.") var channel = MaskChannel.auto
    @Parameter(help: "Values of at least this become 1, others 0; without it soft edges stay.", 0...1)
    var threshold: Double? = 0.5
    @Parameter(help: "Accept a mask in which nothing may be changed.") var allowEmpty = false
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let header = try parameters.path.picture(LoadOptions(access: .sequential)).autorotated()
    return Estimate([(Self.mask, .mask(width: header.width, height: header.height))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let options = LoadOptions(allowUntrusted: context.permissions.untrustedLoaders)
    let mask = try evaluate(context.monitor) { monitor in
      let image = try parameters.path.picture(options, monitor).autorotated()
      return try prepared(image).inMemory(monitor: monitor)
    }
    if let scene = try inputs[Self.scene]?.image, (scene.width, scene.height) != (mask.width, mask.height) {
      throw StageFailure(
        "the mask '\(parameters.path.written)' is \(mask.sizeDescription), the picture \(scene.sizeDescription)",
        advice: "give a mask of the picture's size")
    }
    if !parameters.allowEmpty, try mask.statistics().overall.maximum == 0 {
      throw StageFailure(
        "the mask '\(parameters.path.written)' is empty: nothing in it may be changed",
        advice: "if black marks what may be changed, set \"editable\": \"black\"")
    }
    return StageOutputs(Self.mask, try Mask(mask))
  }

  private func prepared(_ image: Image) throws -> Image {
    var mask = try parameters.channel.mask(of: image)
    if parameters.editable == .black { mask = try mask.inverted() }
    if let threshold = parameters.threshold {
      // Level 0 is never editable, whatever the threshold.
      mask = try mask.thresholded(at: max(1, (threshold * 255).rounded(.up)))
    }
    return mask
  }
}

/// Which part of a picture is taken as a mask.
enum MaskChannel: String, ParameterChoice {
  /// Brightness, or opacity where the colours are all alike.
  case auto
  case brightness, alpha

  /// One band of 8 bits.
  func mask(of image: Image) throws -> Image {
    switch self {
    case .brightness: return try Self.brightness(of: image)
    case .alpha:
      guard let alpha = try image.alpha() else {
        throw StageFailure(
          "the picture has no opacity to take as a mask", advice: "set \"channel\": \"brightness\"")
      }
      return try Self.eightBit(alpha)
    case .auto:
      guard let alpha = try image.alpha() else { return try Self.brightness(of: image) }
      let colours = try image.withoutAlpha().statistics().overall
      return colours.minimum == colours.maximum ? try Self.eightBit(alpha) : try Self.brightness(of: image)
    }
  }

  private static func brightness(of image: Image) throws -> Image {
    let flat = try image.flattened(over: [0])
    return try eightBit(flat.bands == 1 ? flat : flat.converted(to: .grey))
  }

  private static func eightBit(_ image: Image) throws -> Image {
    try image.rescaled(to: .uint8).tagged(as: .grey)
  }
}
