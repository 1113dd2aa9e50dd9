import Imaging
import PipelineKit
import Training

/// The paper's free-form mask.
struct BezierMask: Stage {
  static let name = "mask.bezier"
  static let summary = "Makes the paper's free-form mask: a box whose sides bulge at random."
  static let discussion = """
    Each side of the box becomes a quadratic Bézier curve from corner to corner, drawn outward by the middle of the
    same side of a larger box, which takes up to `extend` of the free space on each side. Points taken on the curves
    are moved by whole pixels between jitterFrom and jitterTo and joined (Paint by Example, section 3.3; the paper
    says 20 points and 1 to 5 pixels, its code −5 to 5). In training only a share of the masks is free-form; the others
    are the larger box: `freeForm` is the probability of an outline.
    """
  static let mask = Output<Mask>("mask", help: "1 inside the outline, or inside the larger box.")
  static let box = Output<Box>("box", help: "The larger box.")
  static let inputs: [any StagePort] = [Canvas.scene, GivenBox.input]
  static let outputs: [any StagePort] = [mask, box]

  struct Parameters: StageParameters {
    @Parameter(help: GivenBox.help, -1_000_000...1_000_000, count: Bounds(minimum: 4, maximum: 4))
    var box: [Int]? = nil
    @Parameter(help: "Points on each side's curve.", 1...1000) var samples = 20
    @Parameter(help: "The least move of a point, in pixels.", -100...100) var jitterFrom = -5
    @Parameter(help: "The greatest move of a point, in pixels.", -100...100) var jitterTo = 5
    @Parameter(help: "The largest share of the free space that a side is pushed out by.", 0...1) var extend =
      0.4
    @Parameter(help: "Probability of a free-form outline; otherwise the mask is the larger box.", 0...1)
    var freeForm = 1.0
    @Parameter(help: "Fixes the random numbers.", 0...0x1p53) var seed = 321
    @ParameterGroup var canvas: CanvasParameters

    func conflict() -> ParameterConflict? {
      jitterFrom <= jitterTo ? nil : ParameterConflict("jitterFrom", "jitterFrom is greater than jitterTo")
    }
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate([(Self.mask, parameters.canvas.shape(inputs))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let canvas = try parameters.canvas.canvas(for: inputs[Canvas.scene])
    let box = try canvas.checked(GivenBox.box(inputs[GivenBox.input], parameters.box)).clipped(to: canvas)
    var shape = MaskShape()
    shape.extend = parameters.extend
    shape.freeForm = parameters.freeForm
    shape.samples = parameters.samples
    shape.jitter = parameters.jitterFrom...parameters.jitterTo
    let size = PixelSize(canvas.width, canvas.height)
    let choice = shape.choice(around: PixelBox(box), within: size, seed: parameters.seed)
    return StageOutputs(Self.mask, try Mask(choice.mask(size))).with(Self.box, Box(choice.extended))
  }
}
