/// How surfaces of bodies look in a scene's light.
struct Shading {
  let light: Light
  let eye: Vector
  /// What the ground throws back.
  let bounce: Vector
  let bodies: [Body]
  /// Each body's shadow map towards the light.
  let shadows: [ShadowMap]

  /// The light that a point of a body sends to the eye, linear RGB.
  /// - Parameters:
  ///   - number: the body's.
  ///   - share: the triangle's corners' at the point.
  func colour(_ number: Int, _ triangle: Mesh.Triangle, _ share: Vector) -> Vector {
    let (a, b, c) = (Int(triangle.a), Int(triangle.b), Int(triangle.c))
    // Read in place: a copy of a body or a coat would be counted at every point.
    return bodies.withUnsafeBufferPointer { bodies in
      let body = bodies.baseAddress! + number
      let point =
        body.pointee.positions[a] * share.x + body.pointee.positions[b] * share.y
        + body.pointee.positions[c] * share.z
      let normal = normalize(
        body.pointee.normals[a] * share.x + body.pointee.normals[b] * share.y + body.pointee.normals[c]
          * share.z)
      let (p, q, r) = (
        body.pointee.model.mesh.vertices[a], body.pointee.model.mesh.vertices[b],
        body.pointee.model.mesh.vertices[c]
      )
      let coat = Int(triangle.coat)
      let albedo = body.pointee.model.coats[coat].colour(
        p.coat * share.x + q.coat * share.y + r.coat * share.z,
        body: p.position * share.x + q.position * share.y + r.position * share.z)
      return shaded(
        albedo, gloss: body.pointee.model.coats[coat].gloss, isMetal: body.pointee.model.coats[coat].isMetal,
        point: point, normal: normal, number)
    }
  }

  private func shaded(
    _ albedo: Vector, gloss: Float, isMetal: Bool, point: Vector, normal: Vector, _ number: Int
  ) -> Vector {
    let view = normalize(eye - point)
    let facing = dot(normal, light.direction)
    var reach: Float = 0
    if facing > 0 {
      reach = shadows[number].selfLight(at: point, normal: normal)
      for index in shadows.indices where index != number { reach *= shadows[index].light(at: point) }
    }
    let key = light.colour * (max(0, facing) * reach)
    let rise = 0.5 + 0.5 * normal.y
    // The ground takes the sky's light from what is near it and looks down.
    let open = 1 - 0.6 * (1 - rise) * clamp(1 - point.y * 1.6) - 0.25 * clamp(1 - point.y * 6)
    let around = mix(bounce, light.sky, rise) * open
    let mirrored = light.mirrored(normal * (2 * dot(normal, view)) - view, ground: bounce)
    if isMetal { return albedo * (mirrored * 0.8 * open + (key + around) * 0.35) }
    let edge = 1 - max(0, dot(normal, view))
    let glance = (0.03 + 0.3 * edge * edge * edge * edge) * gloss * gloss
    let half = normalize(view + light.direction)
    let sharpness = 6 + 240 * gloss * gloss * gloss
    // Schlick's stand-in for a power (1994).
    let straight = max(0, dot(normal, half))
    let spot = straight / (sharpness - sharpness * straight + straight) * (sharpness + 8) * 0.004 * gloss
    return albedo * (key + around) + mirrored * (glance * open) + light.colour * (spot * reach)
  }
}
