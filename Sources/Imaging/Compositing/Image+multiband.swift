extension Image {
  /// `over` merged into this picture within a mask, coarse structures softly and fine ones sharply.
  ///
  /// After P. Burt, E. Adelson, "A Multiresolution Spline with Application to Image Mosaics", 1983: each octave of the
  /// two pictures' difference fades in over as many pixels as its structures are wide. Here all of them start at the
  /// mask's edge and fade inwards, so that nothing is left to mix outside, and in thin parts no wider than these are, so
  /// that `over` stands in their middle.
  /// - Parameters:
  ///   - over: of the same size, colour bands and format. What it hides under transparency plays no part.
  ///   - mask: one band of 8 bits. Where it is 0, this picture stays bit for bit; its soft edges blend the result.
  ///   - levels: how many octaves are blended apart; nil takes as many as the mask's depth allows, at most 5.
  /// - Returns: this picture with the mask's box computed, in memory.
  public func mergedMultiband(
    with over: Image, through mask: Image, levels: Int? = nil, monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    let covered = try mask.covered(by: over)
    guard let bounds = try covered.boundsOfNonzero(monitor: monitor) else { return self }
    let hole = grown(bounds, by: 1, within: self)
    let inside = try covered.cropped(x: hole.x, y: hole.y, width: hole.width, height: hole.height)
      .marks(from: 1, monitor)
    let ramp = try InwardRamp(isInside: inside, width: hole.width, height: hole.height)
    let levels = levels ?? Self.levels(depth: ramp.depth)
    let area = grown(bounds, by: 2 << levels, within: self)
    guard let pair = try MergedPair(base: self, over: over, in: area, monitor: monitor) else { return self }
    var octave = pair.difference
    // As `over` without any of the difference, which is this picture wherever that is visible.
    var merged = zip(pair.over, octave).map { $0.combined(with: $1) { $0 - $1 } }
    var before = [Float](repeating: 0, count: area.width * area.height)
    var sizes: [(width: Int, height: Int)] = []
    for level in 0...levels {
      try Task.checkCancellation()
      // Up to here the weights have let through all that is finer; this octave and what is coarser take its own.
      let weights = try Self.placed(ramp.values(width: Double(2 << level)), of: hole, in: area)
      let step = zip(weights, before).map { $0 - $1 }
      merged = zip(merged, octave).map { $0.adding($1.expanded(through: sizes), weighed: step) }
      before = weights
      sizes.append((octave[0].width, octave[0].height))
      octave = octave.map { $0.reduced() }
    }
    return try painting(merged, in: area, through: covered)
  }

  /// The coarsest octave fades in over half the depth.
  private static func levels(depth: Double) -> Int {
    (1...5).last { Double(4 << $0) <= depth } ?? 1
  }

  /// Values of a box, row after row, in a larger one; 0 around it.
  private static func placed(_ values: [Float], of part: PixelBox, in area: PixelBox) -> [Float] {
    var placed = [Float](repeating: 0, count: area.width * area.height)
    for y in 0..<part.height {
      let start = (part.y - area.y + y) * area.width + part.x - area.x
      placed.replaceSubrange(
        start..<start + part.width, with: values[y * part.width..<(y + 1) * part.width])
    }
    return placed
  }
}

extension Plane {
  /// This plane of a pyramid brought up through the sizes of those before it.
  fileprivate func expanded(through sizes: [(width: Int, height: Int)]) -> Plane {
    sizes.reversed().reduce(self) { $0.expanded(width: $1.width, height: $1.height) }
  }

  fileprivate func adding(_ other: Plane, weighed weights: [Float]) -> Plane {
    var result = self
    for index in values.indices { result.values[index] += weights[index] * other.values[index] }
    return result
  }
}
