extension Image {
  /// The picture in another's colours and depth: grey or RGB, 8 or 16 bit or floating point. Opacity, if there is
  /// any, stays.
  public func conformed(to other: Image) throws -> Image {
    var image = self
    if image.colourBands != other.colourBands {
      let isDeep = other.format != .uint8
      let (grey, colour): (Interpretation, Interpretation) = isDeep ? (.grey16, .rgb16) : (.grey, .sRGB)
      image = try image.converted(to: other.colourBands == 1 ? grey : colour)
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
    let cover = try mask.covered(by: over)
    let colours = try over.withoutAlpha()
    guard hasAlpha else {
      return try cover.choosing(colours, else: self, blending: true).adoptingHeader(of: self)
    }
    let painted = try composited(with: colours.withAlpha(cover.rescaled(to: format)))
    return try cover.choosing(painted, else: self).adoptingHeader(of: self)
  }

  /// This picture with colours computed for a part of it painted over that part through a mask.
  func painting(_ colours: [Plane], in area: PixelBox, through mask: Image) throws -> Image {
    let plain = try withoutAlpha()
    let part = try Plane.image(of: colours, interpretation: .multiband)
      .clamped(to: 0...format.fullScale).cast(to: format).tagged(as: plain.interpretation)
    return try painted(with: plain.inserting(part, x: area.x, y: area.y), through: mask)
  }

  /// What a picture of the same size covers of this mask: its values times the picture's opacity. One band of 8 bits.
  func covered(by over: Image) throws -> Image {
    guard let alpha = try over.alpha() else { return try tagged(as: .grey) }
    return try multiplied(by: alpha.rescaled(to: .uint8)).linear(1 / 255, 0).cast(to: .uint8).tagged(
      as: .grey)
  }

  private func adoptingHeader(of other: Image) throws -> Image {
    try tagged(as: other.interpretation).withProfile(other.profile)
  }
}

/// A box as `Image.boundsOfNonzero` gives it.
typealias PixelBox = (x: Int, y: Int, width: Int, height: Int)

/// The box grown on every side, as far as the picture goes.
func grown(_ box: PixelBox, by margin: Int, within image: Image) -> PixelBox {
  let (left, top) = (max(0, box.x - margin), max(0, box.y - margin))
  let (right, bottom) = (
    min(image.width, box.x + box.width + margin), min(image.height, box.y + box.height + margin)
  )
  return (left, top, right - left, bottom - top)
}
