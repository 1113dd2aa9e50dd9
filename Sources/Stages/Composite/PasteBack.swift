import Imaging
import PipelineKit

/// Puts a crop back where it was cut from.
struct PasteBack: Stage {
  static let name = "image.paste-back"
  static let version = 2
  static let summary = "Puts a crop back where image.crop-to-mask cut it from."
  static let discussion = """
    The whole box is replaced; where the crop is transparent, a scene without opacity shows through. To keep what lies
    outside the mask, blend the result with the scene by image.blend.
    The crop takes the scene's colours and depth. \(greyHelp)
    """
  static let scene = Input<Picture>("scene", help: "The picture the crop was cut from.")
  static let crop = Input<Picture>("image", help: "The crop, of the size the placement says.")
  static let placement = Input<Placement>("placement", help: "How the crop maps back.")
  static let result = Output<Picture>("image", help: "The scene with the crop in its place.")
  static let inputs: [any StagePort] = [scene, crop, placement]
  static let outputs: [any StagePort] = [result]

  var parameters: NoParameters

  func estimate(_ inputs: StageShapes) throws -> Estimate { Estimate([(Self.result, inputs[Self.scene])]) }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let scene = try inputs[Self.scene].image
    let crop = try inputs[Self.crop].image
    let placement = try inputs[Self.placement]
    guard (crop.width, crop.height) == (placement.width, placement.height) else {
      throw StageFailure(
        "the crop is \(crop.sizeDescription), its placement says \(placement.width)×\(placement.height)")
    }
    guard (scene.width, scene.height) == (placement.sceneWidth, placement.sceneHeight) else {
      throw StageFailure(
        "the scene is \(scene.sizeDescription), the crop was cut from \(placement.sceneWidth)×\(placement.sceneHeight)"
      )
    }
    var part = try crop.conformed(to: scene)
    if scene.hasAlpha, !part.hasAlpha { part = try part.withAlpha() }
    guard part.hasAlpha, !scene.hasAlpha else {
      return StageOutputs(Self.result, Picture(try placement.paste(part, into: scene)))
    }
    let whole = try placement.paste(part, into: scene.withAlpha())
    let everywhere = try Image.filled(width: scene.width, height: scene.height, colour: [255])
    return StageOutputs(Self.result, Picture(try scene.painted(with: whole, through: everywhere)))
  }
}
