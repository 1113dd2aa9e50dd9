import Imaging
import PipelineKit

/// The size of a mask that is drawn: that of a scene it belongs to, or one given in numbers.
struct Canvas {
  var width: Int
  var height: Int

  static let scene = OptionalInput<Picture>(
    "scene", help: "The picture the mask is for, which says its size.")

  /// A box that must have a part in the canvas.
  func checked(_ box: Box) throws -> Box {
    guard box.x < width, box.y < height, box.x + box.width > 0, box.y + box.height > 0 else {
      throw StageFailure("the box \(box.shape.summary) lies outside the \(width)×\(height) picture")
    }
    return box
  }
}

/// A mask's size in numbers, where no scene says it.
struct CanvasParameters: StageParameters {
  @Parameter(help: "Columns of the mask, without a scene.", 1...1_000_000) var width: Int? = nil
  @Parameter(help: "Rows of the mask, without a scene.", 1...1_000_000) var height: Int? = nil

  /// The size of the scene, or the one in numbers.
  func canvas(for scene: Picture?) throws -> Canvas {
    if let image = scene?.image {
      guard width ?? image.width == image.width, height ?? image.height == image.height else {
        throw StageFailure(
          "the scene is \(image.sizeDescription), but width and height say otherwise",
          advice: "leave out width and height when a scene is linked")
      }
      return Canvas(width: image.width, height: image.height)
    }
    guard let width, let height else {
      throw StageFailure("the mask's size is not known", advice: "link a scene, or set width and height")
    }
    return Canvas(width: width, height: height)
  }

  /// The mask's shape, as far as it is known beforehand.
  func shape(_ inputs: StageShapes) -> ValueShape? {
    let sizes = inputs[Canvas.scene]?.sizes
    guard let width = width ?? sizes?["width"], let height = height ?? sizes?["height"] else { return nil }
    return .mask(width: width, height: height)
  }
}

/// A box given by a link or in numbers.
enum GivenBox {
  static let input = OptionalInput<Box>("box", help: "The box, instead of the parameter.")
  static let help = "The box as x, y, width, height in pixels."

  static func box(_ linked: Box?, _ numbers: [Int]?) throws -> Box {
    switch (linked, numbers) {
    case (let box?, nil): return box
    case (nil, let numbers?):
      guard numbers[2] > 0, numbers[3] > 0 else {
        throw StageFailure("the box \(numbers) has no pixels", advice: "width and height are at least 1")
      }
      return Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    case (nil, nil):
      throw StageFailure("no box is given", advice: "link one, or set box to [x, y, width, height]")
    case (_?, _?): throw StageFailure("two boxes are given", advice: "leave out the parameter or the link")
    }
  }
}
