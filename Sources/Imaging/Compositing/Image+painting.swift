extension Image {
  /// The picture in another's colours and depth: grey or RGB, 8 or 16 bit or floating point. Opacity, if there is
  /// any, stays.
  public func conformed(to other: Image) throws -> Image {
    var image = self
    if image.colourBands != other.colourBands {
      image = try image.converted(to: other.colourBands == 1 ? .grey : .sRGB)
    }
    return try image.rescaled(to: other.format)
  }

  /// This picture with another painted over it through a mask: at 0 every bit of this picture stays, at 255 the other
  /// one's colours stand, opaque unless it is transparent itself.
  ///
  /// Lazy, so that large pictures stream.
  /// - Parameters:
  ///   - over: of the same size, colour bands and format.
  ///   - mask: one band of 8 bits.
  public func painted(with over: Image, through mask: Image) throws -> Image {
    let alpha = try over.alpha()
    let opacity = try alpha.map {
      try mask.multiplied(by: $0.rescaled(to: .uint8)).linear(1 / 255, 0).cast(to: .uint8)
    }
    let cover = try (opacity ?? mask).tagged(as: .grey)
    let colours = try over.withoutAlpha()
    guard hasAlpha else {
      return try cover.choosing(colours, else: self, blending: true).adoptingHeader(of: self)
    }
    let painted = try composited(with: colours.withAlpha(cover.rescaled(to: format)))
    return try cover.choosing(painted, else: self).adoptingHeader(of: self)
  }

  /// The mask made softer inwards: it rises from the edge of what is 0 to its own value over `width` pixels.
  /// What was 0 stays 0.
  ///
  /// One band of 8 bits. The distance is measured to the nearest pixel that is 0; the picture's edge is none.
  public func featheredInwards(width feather: Double, monitor: EvaluationMonitor? = nil) throws -> Image {
    guard feather > 0, let box = try boundsOfNonzero(monitor: monitor) else { return self }
    let area = grown(box, by: 1, within: self)
    let part = try cropped(x: area.x, y: area.y, width: area.width, height: area.height)
    let distance = try part.compared(.equal, to: 0).distanceToNonzero(monitor: monitor)
    let soft = try distance.linear(1 / (feather + 1), 0).clamped(to: 0...1).multiplied(by: part).cast(
      to: .uint8)
    return try soft.tagged(as: .grey).inMemory(monitor: monitor)
      .embedded(x: area.x, y: area.y, width: width, height: height)
  }

  private func adoptingHeader(of other: Image) throws -> Image {
    try tagged(as: other.interpretation).withProfile(other.profile)
  }
}

/// A box as `Image.boundsOfNonzero` gives it.
typealias Bounds = (x: Int, y: Int, width: Int, height: Int)

/// The box grown on every side, as far as the picture goes.
func grown(_ box: Bounds, by margin: Int, within image: Image) -> Bounds {
  let (left, top) = (max(0, box.x - margin), max(0, box.y - margin))
  let (right, bottom) = (
    min(image.width, box.x + box.width + margin), min(image.height, box.y + box.height + margin)
  )
  return (left, top, right - left, bottom - top)
}
