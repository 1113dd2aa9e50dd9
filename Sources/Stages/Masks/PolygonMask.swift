import Imaging
import PipelineKit

/// A mask that is a polygon.
struct PolygonMask: Stage {
  static let name = "mask.polygon"
  static let summary = "Makes a mask that is a polygon."
  static let mask = Output<Mask>("mask", help: "1 inside the polygon.")
  static let inputs: [any StagePort] = [Canvas.scene]
  static let outputs: [any StagePort] = [mask]

  struct Parameters: StageParameters {
    @Parameter(help: "The corners in order: [[x, y], …], in the unit below.", count: Bounds(minimum: 3))
    var points: [[Double]]
    @Parameter(help: "pixels, or fractions of the width and height.") var unit = CoordinateUnit.pixels
    @Parameter(help: "Give pixels on the edge the share of them that is inside.") var smooth = true
    @ParameterGroup var canvas: CanvasParameters

    func conflict() -> ParameterConflict? {
      points.allSatisfy { $0.count == 2 }
        ? nil : ParameterConflict("points", "each corner is two numbers, [x, y]")
    }
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate([(Self.mask, parameters.canvas.shape(inputs))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let canvas = try parameters.canvas.canvas(for: inputs[Canvas.scene])
    let points = parameters.points.map { parameters.unit.point($0, on: canvas) }
    let mask = try Image.polygon(
      points, width: canvas.width, height: canvas.height, isSmooth: parameters.smooth)
    return StageOutputs(Self.mask, try Mask(mask))
  }
}

/// What coordinates in a document count.
enum CoordinateUnit: String, ParameterChoice {
  case pixels, fractions

  func point(_ numbers: [Double], on canvas: Canvas) -> Point {
    switch self {
    case .pixels: Point(x: numbers[0], y: numbers[1])
    case .fractions: Point(x: numbers[0] * Double(canvas.width), y: numbers[1] * Double(canvas.height))
    }
  }
}
