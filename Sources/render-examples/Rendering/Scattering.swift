import Foundation

/// How a surface sends light on: a Lambertian base under a rough dielectric coat
/// (GGX; visible normals sampled as in Heitz, JCGT 2018).
struct Scattering {
  private let basis: Basis
  private let outgoing: Vector
  private let surface: Surface
  private let alpha: Float
  /// The chance of sampling the coat rather than the base.
  private let coatChance: Float

  /// - Parameter outgoing: towards the eye, on the normal's side.
  init(_ surface: Surface, normal: Vector, outgoing: Vector) {
    basis = Basis(up: normal)
    self.surface = surface
    self.outgoing = basis.toLocal(outgoing)
    alpha = max(surface.roughness * surface.roughness, 2e-3)
    if surface.reflectance > 0 {
      let coat = Self.fresnel(surface.reflectance, self.outgoing.z)
      coatChance = clamp(coat / (coat + luminance(surface.albedo) * (1 - coat) + 1e-4), 0.15, 0.85)
    } else {
      coatChance = 0
    }
  }

  /// A direction to follow, chosen roughly as the surface scatters.
  func sample(_ u: SIMD2<Float>, choice: Float) -> Vector? {
    let local = choice < coatChance ? coatDirection(u) : baseDirection(u)
    return local.z > 1e-4 ? basis.toWorld(local) : nil
  }

  /// The share of light from `direction` sent to the eye, times the cosine; and the density of `sample`.
  func evaluate(_ direction: Vector) -> (weight: Vector, density: Float) {
    let incoming = basis.toLocal(direction)
    guard incoming.z > 0, outgoing.z > 0 else { return (.zero, 0) }
    let baseDensity = incoming.z / .pi
    guard coatChance > 0 else { return (surface.albedo * baseDensity, baseDensity) }
    let half = normalize(incoming + outgoing)
    let fresnel = Self.fresnel(surface.reflectance, dot(half, outgoing))
    let a2 = alpha * alpha
    let bell = half.z * half.z * (a2 - 1) + 1
    let distribution = a2 / (.pi * bell * bell)
    let maskingOut = masking(outgoing.z)
    let coat = fresnel * distribution * maskingOut * masking(incoming.z) / (4 * outgoing.z)
    let coatDensity = distribution * maskingOut / (4 * outgoing.z)
    let under =
      (1 - Self.fresnel(surface.reflectance, outgoing.z))
      * (1 - Self.fresnel(surface.reflectance, incoming.z))
    return (
      surface.albedo * (baseDensity * under) + coat,
      mix(baseDensity, coatDensity, coatChance)
    )
  }

  private static func fresnel(_ reflectance: Float, _ cosine: Float) -> Float {
    let c = 1 - clamp(cosine, 0, 1)
    let c2 = c * c
    return reflectance + (1 - reflectance) * c2 * c2 * c
  }

  private func masking(_ cosine: Float) -> Float {
    let a2 = alpha * alpha
    return 2 * cosine / (cosine + (a2 + (1 - a2) * cosine * cosine).squareRoot())
  }

  private func baseDirection(_ u: SIMD2<Float>) -> Vector {
    let reach = u.x.squareRoot()
    let turn = 2 * Float.pi * u.y
    return Vector(cos(turn) * reach, sin(turn) * reach, max(0, 1 - u.x).squareRoot())
  }

  private func coatDirection(_ u: SIMD2<Float>) -> Vector {
    let stretched = normalize(Vector(alpha * outgoing.x, alpha * outgoing.y, outgoing.z))
    let reach = u.x.squareRoot()
    let turn = 2 * Float.pi * u.y
    let side = reach * cos(turn)
    let blend = 0.5 * (1 + stretched.z)
    // Only half of the disc is seen from aslant: its lower part is squeezed, along a level tangent.
    let (tangent, bitangent) = levelFrame(stretched)
    let rise = mix((1 - side * side).squareRoot(), reach * sin(turn), blend)
    let up = max(0, 1 - side * side - rise * rise).squareRoot()
    let point = tangent * side + bitangent * rise + stretched * up
    let half = normalize(Vector(alpha * point.x, alpha * point.y, max(1e-5, point.z)))
    return half * (2 * dot(half, outgoing)) - outgoing
  }

  private func levelFrame(_ up: Vector) -> (Vector, Vector) {
    let size = up.x * up.x + up.y * up.y
    guard size > 1e-7 else { return (Vector(1, 0, 0), Vector(0, 1, 0)) }
    let tangent = Vector(-up.y, up.x, 0) / size.squareRoot()
    return (tangent, cross(up, tangent))
  }
}
