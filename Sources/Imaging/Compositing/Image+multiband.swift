extension Image {
  /// `over` merged into this picture within a mask, coarse structures softly and fine ones sharply.
  ///
  /// Source: P. Burt, E. Adelson, "A Multiresolution Spline with Application to Image Mosaics", 1983.
  /// - Parameters:
  ///   - over: of the same size, colour bands and format, without opacity.
  ///   - mask: one band of 8 bits. Where it is 0, this picture stays bit for bit.
  ///   - levels: of the pyramid; nil takes as many as the mask's size allows, at most 5.
  /// - Returns: this picture with the mask's box computed, in memory.
  public func mergedMultiband(
    with over: Image, through mask: Image, levels: Int? = nil, monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    guard let bounds = try mask.boundsOfNonzero(monitor: monitor) else { return self }
    let side = min(bounds.width, bounds.height)
    let levels = levels ?? min(5, max(1, side.bitWidth - side.leadingZeroBitCount - 5))
    // The coarsest level mixes over this many pixels on either side of where the weights change. They change that far
    // inside the mask, so that nothing is left to mix at its edge.
    let reach = 1 << levels
    let area = grown(bounds, by: 2 * reach, within: self)
    let core = try mask.featheredInwards(width: Double(2 * reach), monitor: monitor).thresholded(at: 128)
    let weight = try Plane.planes(of: core.linear(1 / 255, 0), in: area, monitor: monitor)[0]
    let base = try Plane.planes(of: withoutAlpha(), in: area, monitor: monitor)
    let other = try Plane.planes(of: over, in: area, monitor: monitor)
    let merged = try zip(base, other).map { base, over in
      try Task.checkCancellation()
      return Self.merged(base, over, weight, levels: levels)
    }
    let part = try Plane.image(of: merged, interpretation: .multiband)
      .clamped(to: 0...format.fullScale).cast(to: format).tagged(as: withoutAlpha().interpretation)
    let whole = try over.inserting(part, x: area.x, y: area.y)
    // What little is left of the coarsest level at the mask's edge fades out.
    return try painted(
      with: whole, through: mask.featheredInwards(width: Double(reach) / 2, monitor: monitor))
  }

  private static func merged(_ base: Plane, _ over: Plane, _ weight: Plane, levels: Int) -> Plane {
    let mix = { (base: Plane, over: Plane) in
      base.combined(with: over.combined(with: weight) { $0 * $1 }) { $0 + $1 }
        .combined(with: base.combined(with: weight) { $0 * $1 }) { $0 - $1 }
    }
    guard levels > 0, base.width > 2, base.height > 2 else { return mix(base, over) }
    let (smallBase, smallOver) = (base.reduced(), over.reduced())
    let coarse = merged(smallBase, smallOver, weight.reduced(), levels: levels - 1)
    let fineBase = base.combined(with: smallBase.expanded(width: base.width, height: base.height)) { $0 - $1 }
    let fineOver = over.combined(with: smallOver.expanded(width: over.width, height: over.height)) { $0 - $1 }
    return mix(fineBase, fineOver)
      .combined(with: coarse.expanded(width: base.width, height: base.height)) { $0 + $1 }
  }
}
