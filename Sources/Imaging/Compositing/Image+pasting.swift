extension Image {
  /// An exemplar fitted into a mask's box and laid over the middle of it: the copy-and-paste baseline.
  /// - Parameters:
  ///   - exemplar: where it is transparent, nothing is covered.
  ///   - mask: one band of 8 bits, of this picture's size.
  /// - Returns: this picture with the whole of the exemplar in it, also where it reaches beyond the mask, and the part of
  ///   the mask that the exemplar covers; nil for an empty mask.
  public func pasting(
    _ exemplar: Image, into mask: Image, _ fitting: Fitting, monitor: EvaluationMonitor? = nil
  ) throws -> (image: Image, covered: Image)? {
    guard let box = try mask.boundsOfNonzero(monitor: monitor) else { return nil }
    let object = try exemplar.conformed(to: self)
    let size = fitting.size(of: (object.width, object.height), in: (box.width, box.height))
    let placed = try object.resized(width: size.width, height: size.height)
    let (x, y) = (box.x + (box.width - size.width) / 2, box.y + (box.height - size.height) / 2)
    let opacity = try
      (placed.alpha() ?? placed.extractingBands(from: 0).filled(with: [placed.format.fullScale]))
      .rescaled(to: .uint8).tagged(as: .grey)
    let covered = try opacity.embedded(x: x, y: y, width: width, height: height).minimum(mask)
    let colours = try placed.withoutAlpha()
    let image = try inserting(hasAlpha ? colours.withAlpha() : colours, x: x, y: y)
    return (try image.inMemory(monitor: monitor), try covered.tagged(as: .grey).inMemory(monitor: monitor))
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
