import Foundation

/// A wooden table by a window, low sun from the left; its middle is free for something to be put there.
enum Table {
  static let size = PictureSize(width: 1024, height: 768)
  /// Where a new thing would stand.
  static let freePlace = Vector(0.1, 0, 1.5)

  static func scene() -> Scene {
    var bodies = [
      Body(Slab(bounds: Bounds(low: Vector(-12, -0.4, -5.2), high: Vector(12, 0, 7))), Wood.planks()),
      Body(
        Slab(bounds: Bounds(low: Vector(-14, -14, -9), high: Vector(20, 20, -8))),
        Mineral.plaster(Vector(0.60, 0.565, 0.50))),
    ]
    bodies += window + vase(at: Vector(-3.35, 0, -1.9)) + bowl(at: Vector(3.35, 0, -1.7))
    bodies += book(at: Vector(-3.15, 0, 2.3), turn: 0.42)
    bodies.append(Body(fruit(at: Vector(3.35, 0.62, 1.15), radius: 0.62), Plant.orange(seed: 31)))
    return Scene(
      bodies: bodies,
      lights: [
        Sun(towards: Vector(-0.80, 0.31, 0.42), radius: 0.8, irradiance: Vector(11.5, 8.6, 5.4)),
        Panel(
          corner: Vector(-12.4, 0.6, 11), across: Vector(0, 0, -14.6), along: Vector(0, 8.6, 0),
          radiance: Vector(1.25, 1.45, 1.75)),
      ],
      sky: { direction in mix(Vector(0.20, 0.17, 0.14), Vector(0.34, 0.32, 0.30), 0.5 + 0.5 * direction.y) },
      camera: Camera(
        from: Vector(0.6, 4.3, 12.6), to: Vector(0.1, 1.3, 0), fieldOfView: 33.5, aperture: 0.16,
        focus: Vector(0.4, 0.6, 1.4)),
      development: Development(exposure: 1.12, balance: Vector(1.03, 1, 0.94)))
  }

  /// The window's frame: what it shades gives the sun its pattern.
  private static var window: [Body] {
    let paint = Material { _ in Surface(albedo: Vector(repeating: 0.7)) }
    func bar(_ low: Vector, _ high: Vector) -> Body {
      Body(Slab(bounds: Bounds(low: low, high: high)), paint)
    }
    let x: (Float, Float) = (-12.9, -12.5)
    return [
      bar(Vector(x.0, -2, 11), Vector(x.1, 14, 30)), bar(Vector(x.0, -2, -30), Vector(x.1, 14, -3.6)),
      bar(Vector(x.0, 9.2, -3.6), Vector(x.1, 20, 11)), bar(Vector(x.0, -2, -3.6), Vector(x.1, 0.6, 11)),
      bar(Vector(x.0, 0.6, 1.1), Vector(x.1, 9.2, 1.5)), bar(Vector(x.0, 0.6, 6.0), Vector(x.1, 9.2, 6.4)),
      bar(Vector(x.0, 5.4, -3.6), Vector(x.1, 5.75, 11)),
    ]
  }

  private static func vase(at foot: Vector) -> [Body] {
    let body = DistanceField(
      bounds: Bounds(low: foot + Vector(-1.2, 0, -1.2), high: foot + Vector(1.2, 3.2, 1.2)), caution: 0.75
    ) { p in
      let q = p - foot
      let outside = Distance.turned(q - Vector(0, 0.03, 0), height: 3.0) { y in
        let belly = 0.55 + 0.55 * sin(clamp((y + 0.35) / 2.3, 0, 1) * .pi)
        let lip = 0.42 + 0.22 * smoothstep(2.45, 3.0, y)
        return mix(belly, lip, smoothstep(1.75, 2.45, y))
      }
      let well = Distance.capsule(q, from: Vector(0, 2.2, 0), to: Vector(0, 3.4, 0), radii: (0.3, 0.6))
      return Distance.smoothSubtraction(outside - 0.03, minus: well, 0.08)
    }
    var bodies = [Body(body, Ceramic.glaze(Vector(0.66, 0.62, 0.53), roughness: 0.34, speckles: 0.7))]
    let twig = Plant.leaf(Vector(0.21, 0.135, 0.075))
    let leaf = Plant.leaf(Vector(0.165, 0.235, 0.155))
    for stem in 0..<5 {
      let number = Int32(stem)
      let turn = Float(stem) * 1.257 + Noise.cell(number, 1, 1) * 0.6
      let reach = 1.0 + Noise.cell(number, 2, 1) * 1.1
      let top =
        foot + Vector(cos(turn) * reach, 4.6 + Noise.cell(number, 3, 1) * 1.7, sin(turn) * reach * 0.8)
      let start = foot + Vector(cos(turn) * 0.1, 2.1, sin(turn) * 0.1)
      let bend = foot + Vector(cos(turn) * 0.35, 4.2, sin(turn) * 0.3)
      let tube = Tube(from: start, towards: bend, to: top, radii: (0.045, 0.015), pieces: 8)
      bodies.append(Body(DistanceField(bounds: tube.bounds, distance: tube.distance), twig))
      bodies += leaves(from: start, bend, top, number: number, material: leaf)
    }
    return bodies
  }

  /// Round leaves in pairs along a twig.
  private static func leaves(
    from a: Vector, _ b: Vector, _ c: Vector, number: Int32, material: Material
  ) -> [Body] {
    (0..<16).map { index in
      let t = 0.36 + 0.64 * Float(index / 2) / 7.5
      let point = mix(mix(a, b, t), mix(b, c, t), t)
      let side: Float = index % 2 == 0 ? 1 : -1
      let turn = Noise.cell(number, Int32(index / 2), 5) * 6.28
      let out = Vector(cos(turn) * side, 0.25 + 0.3 * Noise.cell(number, Int32(index), 6), sin(turn) * side)
      let radius = mix(0.36, 0.17, t) * (0.85 + 0.3 * Noise.cell(number, Int32(index), 7))
      let centre = point + normalize(out) * radius * 1.05
      let tilt = Vector(
        Noise.cell(number, Int32(index), 8) - 0.5, 0.8, Noise.cell(number, Int32(index), 9) - 0.5)
      let frame = Basis(up: normalize(cross(normalize(out), normalize(tilt))))
      return Body(
        DistanceField(
          bounds: Bounds(centre: centre, halfSize: Vector(repeating: radius * 1.15)), caution: 0.8
        ) { p in
          let q = frame.toLocal(p - centre)
          let cup = (q.x * q.x + q.y * q.y) * 0.35
          return Distance.ellipsoid(q + Vector(0, 0, cup), radii: Vector(radius, radius * 0.86, 0.022))
        }, material)
    }
  }

  private static func bowl(at foot: Vector) -> [Body] {
    let shell = DistanceField(
      bounds: Bounds(low: foot + Vector(-2, 0, -2), high: foot + Vector(2, 1.35, 2)), caution: 0.8
    ) { p in
      let q = p - foot
      let round = Distance.ellipsoid(q - Vector(0, 1.45, 0), radii: Vector(1.95, 1.35, 1.95))
      let wall = abs(round + 0.06) - 0.055
      let cut = max(wall, q.y - 1.22)
      let ring = Distance.cylinder(q, radius: 0.85, height: 0.22, rounding: 0.04)
      return Distance.smoothUnion(cut, ring, 0.08) - 0.012
    }
    let places: [(Vector, Float)] = [
      (Vector(-0.68, 0.98, 0.42), 0.66), (Vector(0.72, 0.95, 0.38), 0.63), (Vector(0.02, 1.0, -0.72), 0.68),
      (Vector(0.08, 1.72, 0.12), 0.62),
    ]
    return [Body(shell, Ceramic.glaze(Vector(0.028, 0.062, 0.125), roughness: 0.15))]
      + places.enumerated().map { index, place in
        Body(fruit(at: foot + place.0, radius: place.1), Plant.orange(seed: Float(index) * 7))
      }
  }

  private static func fruit(at centre: Vector, radius: Float) -> DistanceField {
    let axis = normalize(
      Vector(Noise.cell(Int32(centre.x * 64), 1, 1) - 0.5, 0.8, Noise.cell(Int32(centre.z * 64), 2, 2) - 0.5))
    return DistanceField(
      bounds: Bounds(centre: centre, halfSize: Vector(repeating: radius * 1.05)), caution: 0.85
    ) { p in
      let q = p - centre
      let height = dot(q, axis)
      let across = length(q - axis * height)
      // A shallow dent where the stalk was.
      let dent = 0.06 * smoothstep(0.2, 0, across) * (height > 0 ? 1 : 0)
      return length(q + axis * (height * 0.05)) - radius + dent
    }
  }

  private static func book(at foot: Vector, turn: Float) -> [Body] {
    func part(_ centre: Vector, _ half: Vector, _ radius: Float, _ material: Material) -> Body {
      let reach = length(half)
      let c = cos(turn)
      let s = sin(turn)
      let local: @Sendable (Vector) -> Vector = { p in
        let q = p - foot
        return Vector(q.x * c - q.z * s, q.y, q.x * s + q.z * c)
      }
      let middle = foot + Vector(centre.x * c + centre.z * s, centre.y, centre.z * c - centre.x * s)
      return Body(
        DistanceField(bounds: Bounds(centre: middle, halfSize: Vector(reach, half.y + 0.01, reach))) {
          Distance.box(local($0) - centre, half: half, radius: radius)
        }, material)
    }
    let cloth = Fabric.weave(Vector(0.30, 0.062, 0.05), pitch: 0.028)
    return [
      part(Vector(0, 0.045, 0), Vector(1.5, 0.045, 1.05), 0.03, cloth),
      part(Vector(0, 0.545, 0), Vector(1.5, 0.045, 1.05), 0.03, cloth),
      part(Vector(-1.47, 0.295, 0), Vector(0.06, 0.29, 1.05), 0.045, cloth),
      part(Vector(-0.02, 0.295, 0), Vector(1.44, 0.21, 0.99), 0.01, Fabric.pages()),
    ]
  }
}
