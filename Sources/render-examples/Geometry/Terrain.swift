/// Ground given by its height over the plane. Steps grow with distance, as detail no longer shows there.
struct Terrain: Shape {
  let bounds: Bounds
  /// The height at (x, z), with everything a silhouette or a shadow shows.
  let height: @Sendable (Float, Float) -> Float
  /// A height no ground reaches at depth z; cheap, as it is asked for wherever a ray is high above.
  let ceiling: @Sendable (Float) -> Float
  /// The steepest rise of the ceiling. A ray above it that climbs faster never comes back.
  let steepest: Float
  /// The same heights, ready made, for the part most rays visit.
  let map: HeightMap

  func intersection(with ray: Ray, limit: Float) -> Float? {
    let reciprocal = 1 / ray.direction
    guard let span = bounds.span(origin: ray.origin, reciprocal: reciprocal, limit: limit) else { return nil }
    var travelled = span.near
    var above = travelled
    for _ in 0..<220 {
      let point = ray.point(at: travelled)
      let over = point.y - ceiling(point.z)
      if over > 0, ray.direction.y > steepest { return nil }
      let gap = over > 1 ? over : clearance(point)
      if gap < surfaceTolerance { return refine(ray, from: above, to: travelled) }
      above = travelled
      travelled += max(gap * 0.6, 0.004 * travelled + surfaceTolerance)
      if travelled > span.far { return nil }
    }
    return nil
  }

  func normal(at point: Vector) -> Vector {
    let h: Float = 4e-3
    let centre = height(point.x, point.z)
    return normalize(
      Vector(
        centre - height(point.x + h, point.z), h,
        centre - height(point.x, point.z + h)))
  }

  private func clearance(_ p: Vector) -> Float { p.y - (map.height(p.x, p.z) ?? height(p.x, p.z)) }

  private func refine(_ ray: Ray, from start: Float, to end: Float) -> Float {
    var low = start
    var high = end
    for _ in 0..<8 {
      let middle = (low + high) * 0.5
      if clearance(ray.point(at: middle)) < surfaceTolerance { high = middle } else { low = middle }
    }
    return low
  }
}
