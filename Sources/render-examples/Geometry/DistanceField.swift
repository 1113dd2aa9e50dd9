/// A solid given by its signed distance: negative inside, and nowhere larger than the true distance
/// once multiplied by `caution`. Met by sphere tracing (Hart 1996).
struct DistanceField: Shape {
  let bounds: Bounds
  let caution: Float
  let distance: @Sendable (Vector) -> Float

  init(bounds: Bounds, caution: Float = 1, distance: @escaping @Sendable (Vector) -> Float) {
    self.bounds = bounds
    self.caution = caution
    self.distance = distance
  }

  func intersection(with ray: Ray, limit: Float) -> Float? {
    let reciprocal = 1 / ray.direction
    guard let span = bounds.span(origin: ray.origin, reciprocal: reciprocal, limit: limit) else { return nil }
    var travelled = span.near
    for _ in 0..<160 {
      let gap = distance(ray.point(at: travelled)) * caution
      if gap < surfaceTolerance { return travelled }
      travelled += gap
      if travelled > span.far { return nil }
    }
    return nil
  }

  func normal(at point: Vector) -> Vector {
    // Four samples at the corners of a tetrahedron give the gradient.
    let h: Float = 1e-3
    let a = Vector(1, -1, -1)
    let b = Vector(-1, -1, 1)
    let c = Vector(-1, 1, -1)
    let d = Vector(1, 1, 1)
    let gradient =
      a * distance(point + a * h) + b * distance(point + b * h)
      + c * distance(point + c * h) + d * distance(point + d * h)
    let size = length(gradient)
    return size > 0 ? gradient / size : Vector(0, 1, 0)
  }
}
