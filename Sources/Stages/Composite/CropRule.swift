/// Which part of a picture is worked on, and at which size.
struct CropRule {
  var factor: Double
  var isSquare: Bool
  /// In the scene's pixels, as far as the picture reaches.
  var minimumSide: Int?
  /// In the scene's pixels, as far as the mask's box allows.
  var maximumSide: Int?
  var multiple: Int
  var size: Int?

  func placement(of box: Box, sceneWidth: Int, sceneHeight: Int) -> Placement {
    var width = side(around: box.width, within: sceneWidth)
    var height = side(around: box.height, within: sceneHeight)
    if isSquare {
      width = side(around: max(box.width, box.height), within: min(sceneWidth, sceneHeight))
      height = width
    }
    let target: (width: Int, height: Int)
    if let size {
      let scale = Double(size) / Double(max(width, height))
      target = (rounded(Double(width) * scale), rounded(Double(height) * scale))
    } else {
      (width, height) = (rounded(Double(width)), rounded(Double(height)))
      target = (width, height)
    }
    let crop = Box(
      x: Self.start(box.x, box.width, length: width, within: sceneWidth),
      y: Self.start(box.y, box.height, length: height, within: sceneHeight), width: width, height: height)
    return Placement(
      box: crop, sceneWidth: sceneWidth, sceneHeight: sceneHeight, width: target.width, height: target.height)
  }

  private func side(around length: Int, within scene: Int) -> Int {
    let widened = max(Int((Double(length) * factor).rounded(.up)), min(minimumSide ?? 0, scene))
    return max(min(widened, maximumSide ?? widened), length)
  }

  /// Up to the next multiple.
  private func rounded(_ length: Double) -> Int {
    max(multiple, Int((length / Double(multiple)).rounded(.up)) * multiple)
  }

  /// About the middle of the mask's box, moved into the picture where it fits, about the picture where it does not.
  private static func start(_ start: Int, _ length: Int, length crop: Int, within scene: Int) -> Int {
    if crop >= scene { return -((crop - scene) / 2) }
    return min(max(start + (length - crop) / 2, 0), scene - crop)
  }
}
