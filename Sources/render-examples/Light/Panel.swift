/// A rectangle that shines evenly to the side `cross(across, along)` points to: a window or a soft box.
struct Panel: Light {
  let corner: Vector
  let across: Vector
  let along: Vector
  let radiance: Vector

  private var normal: Vector { normalize(cross(across, along)) }
  private var area: Float { length(cross(across, along)) }

  func sample(from point: Vector, _ u: SIMD2<Float>) -> LightSample? {
    let offset = corner + across * u.x + along * u.y - point
    let distance = length(offset)
    let direction = offset / distance
    let facing = -dot(direction, normal)
    guard facing > 1e-4 else { return nil }
    return LightSample(
      direction: direction, distance: distance, radiance: radiance,
      density: distance * distance / (facing * area))
  }

  func emission(along ray: Ray, limit: Float) -> (radiance: Vector, density: Float)? {
    let facing = -dot(ray.direction, normal)
    guard facing > 1e-4 else { return nil }
    let distance = dot(ray.origin - corner, normal) / facing
    guard distance > 0, distance < limit else { return nil }
    let local = ray.point(at: distance) - corner
    let u = dot(local, across) / dot(across, across)
    let v = dot(local, along) / dot(along, along)
    guard u >= 0, u <= 1, v >= 0, v <= 1 else { return nil }
    return (radiance, distance * distance / (facing * area))
  }
}
