/// Where a ray meets a body, and what it finds there.
struct Meeting {
  let point: Vector
  let normal: Vector
  /// The normal as the material's fine relief tilts it, always on the ray's side.
  let shading: Vector
  let surface: Surface
  private let isSubject: Bool

  /// Nil where the surface is seen from behind.
  init?(_ ray: Ray, _ body: Body, at distance: Float) {
    point = ray.point(at: distance)
    normal = body.shape.normal(at: point)
    let tilted = body.material.shadingNormal(normal, at: point)
    shading = dot(tilted, ray.direction) < 0 ? tilted : normal
    guard dot(shading, ray.direction) < 0 else { return nil }
    surface = body.material.surface(point)
    isSubject = body.isSubject
  }

  /// Notes what the denoiser and the cut-out mask need to know of a pixel.
  func record(in sample: inout PathSample) {
    sample.albedo = surface.albedo
    sample.normal = shading
    sample.position = point
    sample.isSubject = isSubject
  }
}
