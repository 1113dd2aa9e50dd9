import Imaging
import PipelineKit

/// A mask that is a box.
struct BoxMask: Stage {
  static let name = "mask.box"
  static let summary = "Makes a mask that is a box."
  static let mask = Output<Mask>("mask", help: "1 inside the box.")
  static let box = Output<Box>("box", help: "The part of the box that lies in the picture.")
  static let inputs: [any StagePort] = [Canvas.scene, GivenBox.input]
  static let outputs: [any StagePort] = [mask, box]

  struct Parameters: StageParameters {
    @Parameter(help: GivenBox.help, -1_000_000...1_000_000, count: Bounds(minimum: 4, maximum: 4))
    var box: [Int]? = nil
    @ParameterGroup var canvas: CanvasParameters
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate([(Self.mask, parameters.canvas.shape(inputs))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let canvas = try parameters.canvas.canvas(for: inputs[Canvas.scene])
    let box = try canvas.checked(GivenBox.box(inputs[GivenBox.input], parameters.box)).clipped(to: canvas)
    let mask = try canvas.mask(of: box)
    return StageOutputs(Self.mask, try Mask(mask)).with(Self.box, box)
  }
}

extension Canvas {
  /// 255 in a box, 0 around it.
  fileprivate func mask(of box: Box) throws -> Image {
    try Image.filled(width: box.width, height: box.height, colour: [255])
      .embedded(x: box.x, y: box.y, width: width, height: height)
  }
}

extension Image {
  /// The mask with all of the box around what it marks full.
  func boxFilled(monitor: EvaluationMonitor) throws -> Image {
    guard let box = try boundsOfNonzero(monitor: monitor) else { return self }
    return try Canvas(width: width, height: height)
      .mask(of: Box(x: box.x, y: box.y, width: box.width, height: box.height))
  }
}

extension Box {
  /// The part that lies in the canvas.
  func clipped(to canvas: Canvas) -> Box {
    let (left, top) = (max(x, 0), max(y, 0))
    return Box(
      x: left, y: top, width: min(x + width, canvas.width) - left,
      height: min(y + height, canvas.height) - top)
  }
}

/// The box around what a mask marks.
struct MaskBounds: Stage {
  static let name = "box.of-mask"
  static let summary = "Finds the smallest box around everything a mask marks."
  static let isConversion = true
  static let mask = Input<Mask>("mask", help: "The mask.")
  static let box = Output<Box>("box", help: "The box.")
  static let inputs: [any StagePort] = [mask]
  static let outputs: [any StagePort] = [box]

  var parameters: NoParameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    guard
      let bounds = try evaluate(context.monitor, { try inputs[Self.mask].image.boundsOfNonzero(monitor: $0) })
    else { throw StageFailure("the mask is empty, so there is no box around it") }
    return StageOutputs(Self.box, Box(x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height))
  }
}
