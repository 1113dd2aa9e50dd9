/// The colours of a part of a picture. What it hides under transparency is taken from what is visible around it.
struct VisibleColours {
  /// One for each colour band.
  let planes: [Plane]
  /// How far the picture's own colours are to be relied on, 0 to 1; nil for a picture without opacity.
  let trust: Plane?

  /// Nil where nothing is visible.
  init?(of image: Image, in box: PixelBox, monitor: EvaluationMonitor?) throws {
    let bands = try Plane.planes(of: image, in: box, monitor: monitor)
    guard image.hasAlpha, var trust = bands.last else {
      (planes, trust) = (bands, nil)
      return
    }
    // Below a sixteenth of full opacity, colours are rounded too coarsely.
    let scale = Float(16 / image.format.fullScale)
    for index in trust.values.indices { trust.values[index] = min(trust.values[index] * scale, 1) }
    guard trust.values.contains(where: { $0 > 0 }) else { return nil }
    planes = Plane.filled(bands.dropLast(), trust: trust)
    self.trust = trust
  }
}

/// What a merge needs to know of two pictures in a box.
struct MergedPair {
  let base: [Plane]
  let over: [Plane]
  /// `over` − `base`; where either is transparent, as around there.
  let difference: [Plane]

  /// Nil where nothing of `over` is visible.
  init?(base: Image, over: Image, in box: PixelBox, monitor: EvaluationMonitor?) throws {
    guard let over = try VisibleColours(of: over, in: box, monitor: monitor) else { return nil }
    // Where all of the base is transparent, there are no colours to meet.
    let base = try VisibleColours(of: base, in: box, monitor: monitor) ?? over
    let plain = zip(over.planes, base.planes).map { $0.combined(with: $1) { $0 - $1 } }
    self.over = over.planes
    self.base = base.planes
    switch (over.trust, base.trust) {
    case (nil, nil): difference = plain
    case (let trust?, nil), (nil, let trust?): difference = Plane.filled(plain, trust: trust)
    case (let over?, let base?):
      difference = Plane.filled(plain, trust: over.combined(with: base) { $0 * $1 })
    }
  }
}

extension Image {
  /// The colours without opacity: what is transparent takes on the colours of what is visible around it, not those it
  /// hides. A picture without opacity, or with nothing visible, keeps its own.
  public func visibleColours(monitor: EvaluationMonitor? = nil) throws -> Image {
    let plain = try withoutAlpha()
    guard hasAlpha, let visible = try VisibleColours(of: self, in: (0, 0, width, height), monitor: monitor)
    else { return plain }
    return try Plane.image(of: visible.planes, interpretation: .multiband).cast(to: format)
      .tagged(as: plain.interpretation).withProfile(profile)
  }
}
