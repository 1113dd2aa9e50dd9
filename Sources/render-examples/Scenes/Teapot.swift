import Foundation

/// A glazed stoneware teapot on concrete under a cool soft box: the thing to be put on the table.
enum Teapot {
  static let size = PictureSize(width: 720, height: 560)
  /// The width and height it is to have on the table, in decimetres; here it is modelled larger.
  static let extent = SIMD2<Float>(2.9, 1.95)

  static func scene() -> Scene {
    let glaze = Ceramic.dipped(Vector(0.052, 0.175, 0.165), to: 0.62)
    let floor = Slab(bounds: Bounds(low: Vector(-30, -0.5, -7), high: Vector(30, 0, 30)))
    let wall = Slab(bounds: Bounds(low: Vector(-30, -1, -8), high: Vector(30, 30, -7)))
    return Scene(
      bodies: [
        Body(floor, Mineral.concrete(Vector(0.40, 0.405, 0.41))),
        Body(wall, Mineral.plaster(Vector(0.44, 0.455, 0.47))),
        Body(pot, glaze, isSubject: true), Body(lid, glaze, isSubject: true),
      ],
      lights: [
        Panel(
          corner: Vector(7.5, 3.2, -1.5), across: Vector(0, 0, 7), along: Vector(-3.4, 5.2, 0),
          radiance: Vector(3.6, 4.3, 5.3)),
        Panel(
          corner: Vector(-9, 1, 4), across: Vector(0, 0, -7), along: Vector(0, 6, 0),
          radiance: Vector(0.55, 0.62, 0.7)),
      ],
      sky: { direction in mix(Vector(0.13, 0.14, 0.16), Vector(0.3, 0.34, 0.40), 0.5 + 0.5 * direction.y) },
      camera: Camera(
        from: Vector(0.3, 3.7, 10.6), to: Vector(-0.06, 1.26, 0), fieldOfView: 20.5, aperture: 0.09,
        focus: Vector(0, 1.2, 0.9)),
      development: Development(exposure: 1.75, balance: Vector(0.98, 1, 1.03)))
  }

  private static var pot: DistanceField {
    let spout = Tube(
      from: Vector(1.0, 0.72, 0), towards: Vector(1.85, 0.85, 0), to: Vector(2.12, 1.9, 0),
      radii: (0.36, 0.15),
      pieces: 14)
    let mouth = Tube(
      from: Vector(1.98, 1.5, 0), towards: Vector(2.1, 1.75, 0), to: Vector(2.2, 2.2, 0), radii: (0.06, 0.14),
      pieces: 3)
    let upper = Tube(
      from: Vector(-0.95, 1.68, 0), towards: Vector(-2.25, 2.05, 0), to: Vector(-2.08, 1.2, 0),
      radii: (0.16, 0.125),
      pieces: 16)
    let lower = Tube(
      from: Vector(-2.08, 1.2, 0), towards: Vector(-1.92, 0.62, 0), to: Vector(-1.15, 0.62, 0),
      radii: (0.125, 0.15),
      pieces: 12)
    return DistanceField(
      bounds: Bounds(low: Vector(-2.4, 0, -1.5), high: Vector(2.5, 2.35, 1.5)), caution: 0.8
    ) { p in
      var belly = Distance.ellipsoid(p - Vector(0, 1.1, 0), radii: Vector(1.42, 1.12, 1.42))
      belly = Distance.smoothSubtraction(belly, minus: 2.02 - p.y, 0.06)
      let foot = Distance.cylinder(p - Vector(0, 0.005, 0), radius: 0.82, height: 0.3, rounding: 0.04)
      belly = Distance.smoothUnion(belly, foot, 0.12)
      let neck = length(SIMD2(length(SIMD2(p.x, p.z)) - 0.74, (p.y - 2.03) * 1.1)) - 0.07
      belly = Distance.smoothUnion(belly, neck, 0.1)
      var pour = Distance.smoothUnion(belly, spout.distance(p), 0.3)
      pour = Distance.smoothSubtraction(pour, minus: mouth.distance(p), 0.05)
      // The handle is a strap: wider than thick.
      let strap = Vector(p.x, p.y, p.z * 0.72)
      let grip = Distance.smoothUnion(upper.distance(strap), lower.distance(strap), 0.08)
      return Distance.smoothUnion(pour, grip, 0.16)
    }
  }

  private static var lid: DistanceField {
    DistanceField(bounds: Bounds(low: Vector(-0.8, 1.9, -0.8), high: Vector(0.8, 3, 0.8)), caution: 0.85) {
      p in
      let dome = Distance.ellipsoid(p - Vector(0, 2.04, 0), radii: Vector(0.66, 0.34, 0.66))
      let stem = Distance.capsule(p, from: Vector(0, 2.3, 0), to: Vector(0, 2.55, 0), radii: (0.13, 0.1))
      let knob = Distance.ellipsoid(p - Vector(0, 2.64, 0), radii: Vector(0.235, 0.2, 0.235))
      return Distance.smoothUnion(Distance.smoothUnion(dome, stem, 0.14), knob, 0.08)
    }
  }
}
