/// A shape cut out of a square plate: positive inside, by about the distance to the edge.
struct Stencil {
  /// Columns and rows.
  let size: Int
  /// Row after row from v = 0; the plate's square is 2 × 2.
  let values: [Float]

  /// The inside of a closed line with corners in −1…1.
  init(_ outline: [SIMD2<Float>], size: Int = 44) {
    self.size = size
    let edges = outline.indices.map { (outline[$0], outline[($0 + 1) % outline.count]) }
    let scales = edges.map { edge -> Float in
      let along = edge.1 - edge.0
      return 1 / max(along.x * along.x + along.y * along.y, 1e-9)
    }
    values = (0..<size * size).map { index in
      let p = 2 * SIMD2(Float(index % size), Float(index / size)) / Float(size - 1) - 1
      var (nearest, isInside) = (Float.infinity, false)
      for (edge, scale) in zip(edges, scales) {
        let (along, offset) = (edge.1 - edge.0, p - edge.0)
        let share = clamp((along.x * offset.x + along.y * offset.y) * scale)
        let gap = offset - along * share
        nearest = min(nearest, gap.x * gap.x + gap.y * gap.y)
        if (edge.0.y > p.y) != (edge.1.y > p.y), offset.x < offset.y * along.x / along.y { isInside.toggle() }
      }
      return isInside ? nearest.squareRoot() : -nearest.squareRoot()
    }
  }

  /// The opaque part of a picture; distances by two sweeps over the lattice.
  init(opacity: (SIMD2<Float>) -> Float, size: Int = 40) {
    self.size = size
    let step = 2 / Float(size - 1)
    let inside = (0..<size * size).map { index in
      opacity(SIMD2(Float(index % size), Float(index / size)) / Float(size - 1)) - 0.5
    }
    var reach = inside.map { $0 > 0 ? Float.infinity : 0 }
    func relax(_ x: Int, _ y: Int, _ neighbours: [(Int, Int, Float)]) {
      guard reach[y * size + x] > 0 else { return }
      for (dx, dy, cost) in neighbours {
        let (u, v) = (x + dx, y + dy)
        let beyond = u < 0 || v < 0 || u >= size || v >= size ? 0 : reach[v * size + u]
        reach[y * size + x] = min(reach[y * size + x], beyond + cost * step)
      }
    }
    for y in 0..<size {
      for x in 0..<size { relax(x, y, [(-1, 0, 1), (0, -1, 1), (-1, -1, 1.414), (1, -1, 1.414)]) }
    }
    for y in (0..<size).reversed() {
      for x in (0..<size).reversed() { relax(x, y, [(1, 0, 1), (0, 1, 1), (1, 1, 1.414), (-1, 1, 1.414)]) }
    }
    values = zip(inside, reach).map { $0 > 0 ? max($1, $0 * step) : $0 * step }
  }

  /// Between the lattice's values; (u, v) in 0…1.
  @inline(__always)
  func value(_ place: SIMD2<Float>) -> Float {
    let p = place * Float(size - 1)
    let (x, y) = (max(0, min(size - 2, Int(p.x))), max(0, min(size - 2, Int(p.y))))
    let (s, t) = (p.x - Float(x), p.y - Float(y))
    return values.withUnsafeBufferPointer { values in
      let corner = y * size + x
      return mix(
        mix(values[corner], values[corner + 1], s), mix(values[corner + size], values[corner + size + 1], s),
        t
      )
    }
  }
}

extension Mesh {
  /// A plate in the x–y plane, 2 × 2 large and as thick as a cushion, cut out by the stencil of its coat.
  /// - Parameters:
  ///   - thickness: from the middle to each face where the plate is thickest.
  ///   - edge: how far from the edge the full thickness is reached.
  mutating func addPlate(
    _ stencil: Stencil, thickness: Float, edge: Float = 0.35, coat: Int, _ transform: Transform = .identity,
    pieces: Int = 22
  ) {
    let height = { (u: Float, v: Float) -> Float in
      let share = clamp(stencil.value(SIMD2(u, v)) / edge)
      return thickness * (share * (2 - share)).squareRoot()
    }
    let step = 1 / Float(pieces)
    let keeps = { (column: Int, row: Int) -> Bool in
      let (u, v) = (Float(column) * step, Float(row) * step)
      return max(
        max(stencil.value(SIMD2(u, v)), stencil.value(SIMD2(u + step, v))),
        max(stencil.value(SIMD2(u, v + step)), stencil.value(SIMD2(u + step, v + step)))) > -step
    }
    for side: Float in [1, -1] {
      addLattice(pieces, pieces, coat: coat, transform, keeps: keeps) { u, v in
        let here = height(u, v)
        // The slope is cut where the cushion's edge stands upright.
        let right = height(min(u + step / 2, 1), v) - height(max(u - step / 2, 0), v)
        let up = height(u, min(v + step / 2, 1)) - height(u, max(v - step / 2, 0))
        let slope = SIMD2(right, up) / (2 * step)
        return (
          Vector(2 * u - 1, 2 * v - 1, side * here), normalize(Vector(-slope.x, -slope.y, side * 0.8))
        )
      }
    }
  }
}
