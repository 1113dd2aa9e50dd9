import Diffusion
import Imaging
import PipelineKit

/// Cuts out the mask's surroundings at the size a model works in.
struct CropToMask: Stage {
  static let name = "image.crop-to-mask"
  static let version = 2
  static let summary = "Cuts out the mask with context around it, and brings it to the size a model works in."
  static let discussion = """
    The mask's box grows by `factor` about its middle, becomes square if wanted, and moves into the picture where it
    fits; where it is larger than the picture, edge pixels are repeated. `minimumSide` and `maximumSide` bound how far
    small masks are enlarged and how much is cut out around large ones; the first never makes the crop leave the
    picture, the second never cuts into the mask.

    `image.paste-back` undoes it: bit by bit where the scale is kept; where the crop is the larger one, to within 3
    levels of 255 for all that is coarser than 8 pixels; where it is the smaller one, as far as its size can show it.
    In a smaller crop the mask marks every pixel that shows some of the scene's mask, so thin lines stay.

    With `size` null, the longer side is that of the pictures `model` was trained on; without a model the scale is kept.
    """
  static let scene = Input<Picture>("scene", help: "The picture.")
  static let mask = Input<Mask>("mask", help: "The mask, of the same size.")
  static let crop = Output<Picture>("image", help: "The crop.")
  static let cropMask = Output<Mask>("mask", help: "The mask of the crop.")
  static let placement = Output<Placement>("placement", help: "How the crop maps back.")
  static let inputs: [any StagePort] = [scene, mask]
  static let outputs: [any StagePort] = [crop, cropMask, placement]

  struct Parameters: StageParameters {
    @Parameter(help: "The mask's box is widened to this many times its sides.", 1...100) var factor = 2.0
    @Parameter(help: "Make the crop square.") var square = true
    @Parameter(help: "The crop's sides are no shorter than this many of the scene's pixels.", 1...1_000_000)
    var minimumSide: Int? = nil
    @Parameter(help: "The crop's sides are no longer than this many of the scene's pixels.", 1...1_000_000)
    var maximumSide: Int? = nil
    @Parameter(help: "Sides of the result are multiples of this many pixels.", 1...1024) var multiple = 64
    @Parameter(
      help: "The longer side of the result in pixels; null is the model's, or keeps the scale.", 1...65536)
    var size: Int? = 512
    @Parameter(help: "The model whose size is taken where size is null: its name, or its path.") var model:
      ModelReference? = nil

    func conflict() -> ParameterConflict? {
      guard let minimumSide, let maximumSide, minimumSide > maximumSide else { return nil }
      return ParameterConflict("minimumSide", "minimumSide is greater than maximumSide")
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  /// The size of a square crop is known without a look at the mask.
  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard parameters.square, let size = try size, let scene = inputs[Self.scene],
      let bands = scene.sizes["bands"], let bits = scene.sizes["bits"]
    else { return Estimate() }
    let side = (size + parameters.multiple - 1) / parameters.multiple * parameters.multiple
    return Estimate([
      (
        Self.crop,
        .picture(
          width: side, height: side, bands: bands, bits: bits, space: "crop", alpha: scene.hasAlpha,
          format: scene.sampleFormat)
      ),
      (Self.cropMask, .mask(width: side, height: side)),
    ])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let scene = try inputs[Self.scene].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", scene, "scene")
    let bounds = try evaluate(context.monitor) { try mask.boundsOfNonzero(monitor: $0) }
    guard let bounds else { throw emptyMask }
    let rule = CropRule(
      factor: parameters.factor, isSquare: parameters.square, minimumSide: parameters.minimumSide,
      maximumSide: parameters.maximumSide, multiple: parameters.multiple, size: try size)
    let placement = rule.placement(
      of: Box(x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height), sceneWidth: scene.width,
      sceneHeight: scene.height)
    return try evaluate(context.monitor) { monitor in
      let crop = try placement.crop(of: scene, kernel: .lanczos3).inMemory(monitor: monitor)
      let cropMask = try placement.mask(of: mask, monitor).inMemory(monitor: monitor)
      return StageOutputs(Self.crop, Picture(crop)).with(Self.cropMask, try Mask(cropMask))
        .with(Self.placement, placement)
    }
  }
}

extension CropToMask {
  /// The longer side of the result; nil keeps the scale.
  private var size: Int? {
    get throws {
      if let size = parameters.size { return size }
      guard let model = parameters.model else { return nil }
      guard let size = try DiffusionModel(path: model.path).pictureSize else {
        throw StageFailure(
          "the model '\(model.name)' does not say which size it was trained at (sample_size in unet/config.json)",
          advice: "set size")
      }
      return size
    }
  }
}

extension Placement {
  /// The part of a picture of the scene's size that the crop shows.
  func crop(of image: Image, kernel: Kernel) throws -> Image {
    try part(of: image).resized(width: width, height: height, kernel: kernel)
  }

  /// The crop's mask: in a smaller crop a pixel takes the largest value that it shows, so that all that may be changed
  /// in the scene may be changed in the crop.
  func mask(of mask: Image, _ monitor: EvaluationMonitor) throws -> Image {
    try part(of: mask)
      .shrunkToLargest(width: min(width, box.width), height: min(height, box.height), monitor: monitor)
      .resized(width: width, height: height, kernel: .linear)
  }

  private func part(of image: Image) throws -> Image {
    let inside =
      box.x >= 0 && box.y >= 0 && box.x + box.width <= sceneWidth && box.y + box.height <= sceneHeight
    return inside
      ? try image.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
      : try image.embedded(x: -box.x, y: -box.y, width: box.width, height: box.height, extending: .copy)
  }

  /// A picture of the scene's size with a crop put back; the rest is `scene`.
  func paste(_ crop: Image, into scene: Image) throws -> Image {
    let part = try crop.resized(width: box.width, height: box.height, kernel: .lanczos3)
    return try scene.inserting(part, x: box.x, y: box.y)
  }
}
