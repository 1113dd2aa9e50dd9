import Imaging
import PipelineKit
import Training

/// Cuts out a random square that keeps a box inside.
struct CropAround: Stage {
  static let name = "image.crop-around"
  static let version = 2
  static let summary = "Cuts out a random square that keeps a box inside, at the size a model is trained at."
  static let discussion = """
    The square has the picture's shorter side and lies anywhere along the longer one; then its four sides move inwards
    by the same random amount, up to `tighten` of the least distance to the box, as in the authors' training code.
    A box longer than the picture's shorter side fits into no square: then the whole picture is taken, and squashed.
    """
  static let scene = Input<Picture>("scene", help: "The picture.")
  static let mask = Input<Mask>("mask", help: "A mask, of the same size.")
  static let box = Input<Box>("box", help: "What stays inside.")
  static let crop = Output<Picture>("image", help: "The crop.")
  static let cropMask = Output<Mask>(
    "mask", help: "The mask of the crop, with a soft edge where it is scaled.")
  static let placement = Output<Placement>("placement", help: "How the crop maps back.")
  static let inputs: [any StagePort] = [scene, mask, box]
  static let outputs: [any StagePort] = [crop, cropMask, placement]

  struct Parameters: StageParameters {
    @Parameter(help: "The largest share of the free border that is cut away.", 0...1) var tighten = 0.6
    @Parameter(help: "Width and height of the result in pixels.", 1...16384) var size = 512
    @Parameter(help: "Fixes the random numbers.", 0...0x1p53) var seed = 321
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let size = parameters.size
    let crop = inputs[Self.scene].flatMap { scene -> ValueShape? in
      guard let bands = scene.sizes["bands"], let bits = scene.sizes["bits"] else { return nil }
      return .picture(
        width: size, height: size, bands: bands, bits: bits, space: "crop", alpha: scene.hasAlpha,
        format: scene.sampleFormat)
    }
    return Estimate([(Self.crop, crop), (Self.cropMask, .mask(width: size, height: size))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let scene = try inputs[Self.scene].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", scene, "scene")
    let canvas = Canvas(width: scene.width, height: scene.height)
    let box = try canvas.checked(inputs[Self.box]).clipped(to: canvas)
    let crop = SquareCrop(tighten: parameters.tighten)
      .choice(
        keeping: PixelBox(box), within: PixelSize(scene.width, scene.height), seed: parameters.seed)
    let placement = Placement(
      box: Box(crop), sceneWidth: scene.width, sceneHeight: scene.height, width: parameters.size,
      height: parameters.size)
    return try evaluate(context.monitor) { monitor in
      let picture = try placement.crop(of: scene, kernel: .lanczos3).inMemory(monitor: monitor)
      let cropMask = try placement.crop(of: mask, kernel: .linear).inMemory(monitor: monitor)
      return StageOutputs(Self.crop, Picture(picture)).with(Self.cropMask, try Mask(cropMask))
        .with(Self.placement, placement)
    }
  }
}
