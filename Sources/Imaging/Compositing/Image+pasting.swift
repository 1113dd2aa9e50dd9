/// An exemplar in its place in a scene.
public struct Pasting: Sendable {
  /// The exemplar alone, in the scene's size and format, transparent around it.
  public let object: Image
  /// The scene with all of the exemplar over it, also where it reaches beyond the mask.
  public let image: Image
  /// The mask where the exemplar is not wholly transparent, 0 elsewhere.
  public let covered: Image
}

extension Image {
  /// An exemplar fitted into a mask's box and laid over the middle of it: the copy-and-paste baseline.
  /// - Parameters:
  ///   - exemplar: where it is transparent, this picture stays.
  ///   - mask: one band of 8 bits, of this picture's size.
  /// - Returns: nil for an empty mask.
  public func pasting(
    _ exemplar: Image, into mask: Image, _ fitting: Fitting, monitor: EvaluationMonitor? = nil
  ) throws -> Pasting? {
    guard let box = try mask.boundsOfNonzero(monitor: monitor) else { return nil }
    let picture = try exemplar.conformed(to: self)
    let size = fitting.size(of: (picture.width, picture.height), in: (box.width, box.height))
    let fitted = try picture.resized(width: size.width, height: size.height)
    let placed = try (fitted.hasAlpha ? fitted : fitted.withAlpha()).inMemory(monitor: monitor)
    let object = try placed.embedded(
      x: box.x + (box.width - size.width) / 2, y: box.y + (box.height - size.height) / 2, width: width,
      height: height)
    let everywhere = try mask.filled(with: [255])
    let shown = try everywhere.covered(by: object).compared(.greater, to: 0)
    return Pasting(
      object: object, image: try painted(with: object, through: everywhere).inMemory(monitor: monitor),
      covered: try mask.minimum(shown).tagged(as: .grey).inMemory(monitor: monitor))
  }
}

/// How a picture fills a box.
public enum Fitting: String, Sendable, Hashable, CaseIterable {
  /// All of it shows, in its proportions.
  case contain
  /// All of the box is filled, in the picture's proportions.
  case cover
  /// Both: the picture takes the box's proportions.
  case stretch

  /// The size the picture is brought to, at least one pixel.
  public func size(
    of picture: (width: Int, height: Int), in box: (width: Int, height: Int)
  ) -> (width: Int, height: Int) {
    let across = Double(box.width) / Double(picture.width)
    let down = Double(box.height) / Double(picture.height)
    let factor: Double
    switch self {
    case .stretch: return box
    case .contain: factor = min(across, down)
    case .cover: factor = max(across, down)
    }
    return (
      max(1, Int((Double(picture.width) * factor).rounded())),
      max(1, Int((Double(picture.height) * factor).rounded()))
    )
  }
}
