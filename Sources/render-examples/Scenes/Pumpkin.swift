import Foundation

/// A pumpkin on slate under an overcast sky: the thing to be put in the field.
enum Pumpkin {
  static let size = PictureSize(width: 640, height: 600)
  /// From side to side, and from ground to the end of the stalk, in decimetres.
  static let extent = SIMD2<Float>(3.0, 2.75)

  static func scene() -> Scene {
    let centre = Vector(0, 1.02, 0)
    let shape: @Sendable (Vector) -> Float = { flesh($0 - centre) }
    let rind = DistanceField(
      bounds: Bounds(centre: centre, halfSize: Vector(1.75, 1.15, 1.75)), caution: 0.6, distance: shape)
    let looks = Plant.pumpkin { groove($0 - centre) }
    return Scene(
      bodies: [
        Body(
          Slab(bounds: Bounds(low: Vector(-90, -0.5, -160), high: Vector(90, 0, 30))),
          Mineral.concrete(Vector(0.20, 0.203, 0.208))),
        Body(rind, looks, isSubject: true), Body(stem, Plant.stalk(), isSubject: true),
      ],
      lights: [
        Panel(
          corner: Vector(-6, 9, 6), across: Vector(0, 0, -9), along: Vector(9, 1.5, 0),
          radiance: Vector(2.5, 2.85, 3.3))
      ],
      sky: { direction in
        mix(Vector(0.36, 0.38, 0.40), Vector(0.68, 0.74, 0.82), smoothstep(-0.2, 0.9, direction.y))
      },
      camera: Camera(
        from: Vector(0.4, 3.9, 10.4), to: Vector(0.02, 1.22, 0), fieldOfView: 19, aperture: 0.1,
        focus: Vector(0, 1.2, 1.1)),
      development: Development(exposure: 1.5, balance: Vector(0.99, 1, 1.02)))
  }

  /// Sharp valleys between rounded ribs.
  private static func groove(_ q: Vector) -> Float {
    let turn = atan2(q.z, q.x) + 0.13 * sin(atan2(q.z, q.x) * 2 + 0.6)
    let rib = abs(sin(turn * 5.5 + 0.3))
    return exp(-rib * 4.2)
  }

  private static func flesh(_ q: Vector) -> Float {
    let deep = groove(q)
    let bump = 1 + 0.03 * Noise.gradient(q * 0.9)
    let ring = SIMD2(length(SIMD2(q.x, q.z)) - 0.66 + deep * 0.035, q.y * 0.93)
    return length(ring) - (0.9 * bump - 0.085 * deep)
  }

  private static var stem: DistanceField {
    let tube = Tube(
      from: Vector(0.02, 1.45, 0.02), towards: Vector(0.02, 2.25, 0.05), to: Vector(0.5, 2.6, 0.2),
      radii: (0.3, 0.15),
      pieces: 8)
    return DistanceField(bounds: tube.bounds.grown(by: 0.1), caution: 0.7) { p in
      let turn = atan2(p.z - 0.06, p.x - 0.08)
      // The flutes end where the stalk bends away from its axis.
      let flute = 0.028 * cos(turn * 6) * smoothstep(0.09, 0.2, length(SIMD2(p.x - 0.08, p.z - 0.06)))
      let flare = 0.2 * exp(-max(0, p.y - 1.62) * 5)
      return Distance.smoothUnion(
        tube.distance(p) + flute, length(p - Vector(0.03, 1.55, 0.03)) - 0.3 - flare * 0.3,
        0.1)
    }
  }
}
