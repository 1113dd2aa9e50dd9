import Imaging
import PipelineKit

/// The classical baseline: the exemplar fitted into the mask.
struct PasteExemplar: Stage {
  static let name = "exemplar.paste"
  static let summary = "Fits an exemplar into the mask: the copy-and-paste baseline."
  static let scene = Input<Picture>("scene", help: "The picture.")
  static let exemplar = Input<Picture>(
    "exemplar", help: "The object; where it is transparent (image.cutout), the scene stays.")
  static let mask = Input<Mask>("mask", help: "Where it goes, of the scene's size.")
  static let result = Output<Picture>("image", help: "The scene with the exemplar over it.")
  static let covered = Output<Mask>("mask", help: "The part of the mask that the exemplar covers.")
  static let inputs: [any StagePort] = [scene, exemplar, mask]
  static let outputs: [any StagePort] = [result, covered]

  enum FitMode: String, ParameterChoice { case contain, cover, stretch }

  struct Parameters: StageParameters {
    @Parameter(help: "contain shows all of the exemplar, cover fills the mask's box, stretch does both.")
    var fit = FitMode.cover
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate([(Self.result, inputs[Self.scene]), (Self.covered, inputs[Self.mask])])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let scene = try inputs[Self.scene].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", scene, "scene")
    guard let box = try evaluate(context.monitor, { try mask.boundsOfNonzero(monitor: $0) }) else {
      throw emptyMask
    }
    let object = try inputs[Self.exemplar].image.conformed(to: scene)
    let size = size(of: object, in: (box.width, box.height))
    let placed = try object.resized(width: size.width, height: size.height)
    let (x, y) = (box.x + (box.width - size.width) / 2, box.y + (box.height - size.height) / 2)
    let opacity = try
      (placed.alpha() ?? placed.extractingBands(from: 0).filled(with: [placed.format.fullScale]))
      .rescaled(to: .uint8).tagged(as: .grey)
    let covered = try opacity.embedded(x: x, y: y, width: scene.width, height: scene.height).minimum(mask)
    let colours = try placed.withoutAlpha()
    let over = try (scene.hasAlpha ? colours.withAlpha() : colours)
    let image = try scene.inserting(over, x: x, y: y)
    return try evaluate(context.monitor) { monitor in
      StageOutputs(Self.result, Picture(try image.inMemory(monitor: monitor)))
        .with(Self.covered, try Mask(covered.tagged(as: .grey).inMemory(monitor: monitor)))
    }
  }

  private func size(of object: Image, in box: (width: Int, height: Int)) -> (width: Int, height: Int) {
    let fit: Fit =
      switch parameters.fit {
      case .contain: .inside
      case .cover: .cover
      case .stretch: .exact
      }
    return SizeRule(box.width, box.height, nil, fit).size(object.width, object.height)
  }
}
