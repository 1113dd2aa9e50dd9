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
  ///   - over: of the same size, colour bands and format, without opacity.
  ///   - mask: one band of 8 bits. Where it is 0, this picture stays bit for bit; its soft edges blend the result.
  /// - Returns: this picture with the mask's box computed, in memory.
  public func mergedPoisson(
    with over: Image, through mask: Image, gradients: BlendGradients = .over,
    monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    guard let bounds = try mask.boundsOfNonzero(monitor: monitor) else { return self }
    let area = grown(bounds, by: 1, within: self)
    let inside = try Plane.planes(of: mask, in: area, monitor: monitor)[0].values.map { $0 > 0 }
    let base = try Plane.planes(of: withoutAlpha(), in: area, monitor: monitor)
    let other = try Plane.planes(of: over, in: area, monitor: monitor)
    guard inside.contains(false) else {
      throw ImagingError.invalid("a gradient-domain blend needs pixels outside the mask to start from")
    }
    let solver = PoissonSolver(
      width: area.width, height: area.height, isInside: inside,
      tolerance: Float(format.fullScale) / 255 * 0.02)
    let merged = try zip(base, other).map { try Self.solved(base: $0, over: $1, inside, gradients, solver) }
    let part = try Plane.image(of: merged, interpretation: .multiband)
      .clamped(to: 0...format.fullScale).cast(to: format).tagged(as: withoutAlpha().interpretation)
    return try painted(with: over.inserting(part, x: area.x, y: area.y), through: mask)
  }

  /// Solves for the difference from `over`, which is smooth, so that the coarse levels say nearly all of it.
  private static func solved(
    base: Plane, over: Plane, _ inside: [Bool], _ gradients: BlendGradients, _ solver: PoissonSolver
  ) throws -> Plane {
    let wanted = gradients == .mixed ? excess(base, over, inside) : [Float](repeating: 0, count: inside.count)
    let difference = try solver.solved(base.combined(with: over) { $0 - $1 }.values, wanted: wanted)
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
