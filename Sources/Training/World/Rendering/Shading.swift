/// How surfaces of bodies look in a scene's light.
struct Shading {
  let light: Light
  let eye: Vector
  /// What the ground throws back.
  let bounce: Vector
  /// Each body's shadow map towards the light.
  let shadows: [ShadowMap]

  /// The light that a point of a body sends to the eye, linear RGB.
  func colour(_ body: Body, _ number: Int, _ triangle: Mesh.Triangle, _ share: Vector) -> Vector {
    let (a, b, c) = (Int(triangle.a), Int(triangle.b), Int(triangle.c))
    let point = body.positions[a] * share.x + body.positions[b] * share.y + body.positions[c] * share.z
    let normal = normalize(body.normals[a] * share.x + body.normals[b] * share.y + body.normals[c] * share.z)
    let vertices = body.model.mesh.vertices
    let (p, q, r) = (vertices[a], vertices[b], vertices[c])
    return body.model.coats.withUnsafeBufferPointer { coats in
      let coat = Int(triangle.coat)
      let albedo = coats[coat].colour(
        p.coat * share.x + q.coat * share.y + r.coat * share.z,
        body: p.position * share.x + q.position * share.y + r.position * share.z)
      return shaded(
        albedo, gloss: coats[coat].gloss, isMetal: coats[coat].isMetal, point: point, normal: normal, number)
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
      for (index, shadow) in shadows.enumerated() where index != number { reach *= shadow.light(at: point) }
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
    let sharpness = Portable.exp2(2.5 + gloss * 5.5)
    let spot = Portable.power(max(0, dot(normal, half)), sharpness) * (sharpness + 8) * 0.004 * gloss
    return albedo * (key + around) + mirrored * (glance * open) + light.colour * (spot * reach)
  }
}
