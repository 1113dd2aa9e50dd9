/// An axis-aligned box, met in closed form.
struct Slab: Shape {
  let bounds: Bounds

  func intersection(with ray: Ray, limit: Float) -> Float? {
    let reciprocal = 1 / ray.direction
    guard let span = bounds.span(origin: ray.origin, reciprocal: reciprocal, limit: limit) else { return nil }
    return span.near > 0 ? span.near : nil
  }

  func normal(at point: Vector) -> Vector {
    let half = (bounds.high - bounds.low) * 0.5
    let offset = point - bounds.centre
    let depth = half - Vector(abs(offset.x), abs(offset.y), abs(offset.z))
    if depth.x <= depth.y && depth.x <= depth.z { return Vector(offset.x < 0 ? -1 : 1, 0, 0) }
    if depth.y <= depth.z { return Vector(0, offset.y < 0 ? -1 : 1, 0) }
    return Vector(0, 0, offset.z < 0 ? -1 : 1)
  }
}
