import Imaging
import PipelineKit

/// Runs any libvips operation whose result is a picture.
struct VipsOperation: Stage {
  static let name = "image.vips"
  static let summary = "Runs any libvips operation by its name."
  static let discussion = """
    Linked pictures become the operation's picture arguments, in libvips' order; an operation that takes a list of
    pictures gets them all, and one that takes none (black, text, perlin) has none linked. `arguments` holds the rest under libvips' names. What an operation takes is in libvips'
    own manual (`vips OPERATION`); every argument is checked before anything runs. An operation that draws into a
    picture gives the picture drawn into. What reads or writes files is out of reach.

    The operation runs in a process of its own, within limits of time, memory and size: where libvips crashes, hangs or
    asks for too much, this stage fails and nothing else.
    """
  static let images = ManyInputs<Picture>(
    "images", isOptional: true, help: "The operation's pictures, in libvips' order.")
  static let image = Output<Picture>("image", help: "The operation's result.")
  static let inputs: [any StagePort] = [images]
  static let outputs: [any StagePort] = [image]

  typealias Parameters = VipsParameters
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    try parameters.call.check(pictureCount: inputs.all(Self.images).count)
    return Estimate()
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let image = try await VipsProcess(parameters).picture(of: inputs[Self.images], context)
    return StageOutputs(Self.image, Picture(image))
  }
}

/// Runs any libvips operation whose result is numbers.
struct VipsMeasurement: Stage {
  static let name = "measure.vips"
  static let summary = "Runs any libvips operation that measures, and reports its numbers."
  static let discussion = "The operation is given, and runs in a process of its own, as that of `image.vips`."
  static let images = ManyInputs<Picture>(
    "images", isOptional: true, help: "The operation's pictures, in libvips' order.")
  static let report = Output<Report>("report", help: "The operation's numbers and texts, by libvips' names.")
  static let inputs: [any StagePort] = [images]
  static let outputs: [any StagePort] = [report]

  typealias Parameters = VipsParameters
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    try parameters.call.check(pictureCount: inputs.all(Self.images).count)
    return Estimate()
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let numbers = try await VipsProcess(parameters).numbers(of: inputs[Self.images], context)
    return StageOutputs(Self.report, Report(json: .object(numbers)))
  }
}
