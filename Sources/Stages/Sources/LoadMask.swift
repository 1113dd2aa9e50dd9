import Foundation
import Imaging
import PipelineKit

/// Reads a mask from a picture file.
struct LoadMask: Stage {
  static let name = "mask.load"
  static let version = 3
  static let summary = "Reads a mask from a picture file, with the polarity you say."
  static let discussion = MaskChannel.discussion
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
    @Parameter(
      help: "Values of at least this become 1, others 0; of 0, all above 0; without it soft edges stay.",
      0...1)
    var threshold: Double? = 0.5
    @Parameter(help: "Accept a mask in which nothing may be changed.") var allowEmpty = false
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let header = try Image.header(of: parameters.path.url.path(percentEncoded: false)).autorotated()
    return Estimate([(Self.mask, .mask(width: header.width, height: header.height))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let options = LoadOptions(allowUntrusted: context.permissions.untrustedLoaders)
    let (marks, mask) = try evaluate(context.monitor) { monitor in
      let read = try parameters.path.picture(options, monitor) {
        context.log(.warning, "\(parameters.path.written): \($0)")
      }
      // What is white matters to a threshold, not which value of a mask is written so: that is not said.
      let image = try read.ranged(white: nil, looksForDark: false, { _ in }) { read }.autorotated()
      let marks = try parameters.channel.marks(in: image, inversion: "\"editable\": \"black\"")
        .inMemory(monitor: monitor)
      let editable = parameters.editable == .black ? try marks.inverted() : marks
      return (marks, try editable.mask(threshold: parameters.threshold).inMemory(monitor: monitor))
    }
    if let scene = try inputs[Self.scene]?.image, (scene.width, scene.height) != (mask.width, mask.height) {
      throw StageFailure(
        "the mask '\(parameters.path.written)' is \(mask.sizeDescription), the picture \(scene.sizeDescription)",
        advice: "give a mask of the picture's size")
    }
    let reading = MaskReading(
      of: try marks.statistics().overall, fullScale: marks.format.fullScale,
      blackIsEditable: parameters.editable == .black, threshold: parameters.threshold)
    if let fault = reading.fault(givenThat: try mask.statistics().overall),
      fault.isLasting || !parameters.allowEmpty
    {
      throw StageFailure("the mask '\(parameters.path.written)' \(fault.message)", advice: fault.advice)
    }
    return StageOutputs(Self.mask, try Mask(mask))
  }
}
