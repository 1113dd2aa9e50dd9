/// Whose differences between neighbouring pixels a gradient-domain blend keeps.
public enum BlendGradients: String, Sendable, Hashable, CaseIterable {
  /// Those of the picture that is painted.
  case over
  /// At each pair of neighbours, the larger of the two pictures'.
  case mixed
}

extension Image {
  /// `over` painted into this picture so that its differences between neighbours stay and its colours meet this
  /// picture's along the mask's edge.
  ///
  /// Source: P. Pérez, M. Gangnet, A. Blake, "Poisson Image Editing", 2003. Converged to well below half a level of
  /// 8 bits.
  /// - Parameters:
  ///   - over: of the same size, colour bands and format. Where it is transparent, this picture stays; the colours
  ///     it hides there play no part.
  ///   - mask: one band of 8 bits. Where it is 0, this picture stays bit for bit; its soft edges blend the result.
  /// - Returns: this picture with the mask's box computed, in memory.
  /// - Throws: `ImagingError.invalid` when the mask covers everything; `CancellationError`.
  public func mergedPoisson(
    with over: Image, through mask: Image, gradients: BlendGradients = .over,
    monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    let covered = try mask.covered(by: over)
    guard let bounds = try covered.boundsOfNonzero(monitor: monitor) else { return self }
    let area = grown(bounds, by: 1, within: self)
    let inside = try covered.cropped(x: area.x, y: area.y, width: area.width, height: area.height)
      .marks(from: 1, monitor)
    guard inside.contains(false) else {
      throw ImagingError.invalid("a gradient-domain blend needs pixels outside the mask to start from")
    }
    guard let pair = try MergedPair(base: self, over: over, in: area, monitor: monitor) else { return self }
    let solver = PoissonSolver(
      width: area.width, height: area.height, isInside: inside,
      tolerance: Float(format.fullScale) / 255 * 0.02)
    let merged = try pair.over.indices.map { try Self.solved(pair, band: $0, inside, gradients, solver) }
    return try painting(merged, in: area, through: covered)
  }

  /// Solves for the difference from `over`, which is smooth, so that the coarse levels say nearly all of it.
  private static func solved(
    _ pair: MergedPair, band: Int, _ inside: [Bool], _ gradients: BlendGradients, _ solver: PoissonSolver
  ) throws -> Plane {
    let (base, over) = (pair.base[band], pair.over[band])
    let wanted = gradients == .mixed ? excess(base, over, inside) : [Float](repeating: 0, count: inside.count)
    let difference = try solver.solved(pair.difference[band].values.map { -$0 }, wanted: wanted)
    return over.combined(with: Plane(width: base.width, height: base.height, values: difference)) { $0 + $1 }
  }

  /// For mixed gradients: by how much the wanted differences exceed those of `over`.
  private static func excess(_ base: Plane, _ over: Plane, _ inside: [Bool]) -> [Float] {
    let (width, height) = (base.width, base.height)
    var sums = [Float](repeating: 0, count: inside.count)
    let pair = { (p: Int, q: Int) -> Float in
      let (ours, theirs) = (base.values[q] - base.values[p], over.values[q] - over.values[p])
      return abs(ours) > abs(theirs) ? ours - theirs : 0
    }
    for y in 0..<height {
      for x in 0..<width where inside[y * width + x] {
        let p = y * width + x
        if x > 0 { sums[p] += pair(p, p - 1) }
        if x < width - 1 { sums[p] += pair(p, p + 1) }
        if y > 0 { sums[p] += pair(p, p - width) }
        if y < height - 1 { sums[p] += pair(p, p + width) }
      }
    }
    return sums
  }
}
