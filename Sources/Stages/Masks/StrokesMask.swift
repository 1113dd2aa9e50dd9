import Imaging
import PipelineKit

/// A mask painted with a round brush.
struct StrokesMask: Stage {
  static let name = "mask.strokes"
  static let summary = "Makes a mask painted with a round brush."
  static let mask = Output<Mask>("mask", help: "1 where the brush has passed.")
  static let inputs: [any StagePort] = [Canvas.scene]
  static let outputs: [any StagePort] = [mask]

  struct Parameters: StageParameters {
    @Parameter(
      help: "A list of strokes, each a list of [x, y]; a stroke of one point is a dot.",
      count: Bounds(minimum: 1))
    var strokes: [[[Double]]]
    @Parameter(help: "The brush's radius in pixels.", 0.5...100_000) var radius = 20.0
    @Parameter(help: "pixels, or fractions of the width and height.") var unit = CoordinateUnit.pixels
    @ParameterGroup var canvas: CanvasParameters

    func conflict() -> ParameterConflict? {
      strokes.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.count == 2 } }
        ? nil : ParameterConflict("strokes", "each stroke is a list of at least one point [x, y]")
    }
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate([(Self.mask, parameters.canvas.shape(inputs))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let canvas = try parameters.canvas.canvas(for: inputs[Canvas.scene])
    let strokes = parameters.strokes.map { $0.map { parameters.unit.point($0, on: canvas) } }
    let mask = try Image.strokes(
      strokes, radius: parameters.radius, width: canvas.width, height: canvas.height)
    return StageOutputs(Self.mask, try Mask(mask))
  }
}
