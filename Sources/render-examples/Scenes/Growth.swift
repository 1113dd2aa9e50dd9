import Foundation

/// What grows on the field.
enum Growth {
  static var grass: [Body] {
    (0..<95).flatMap { tuft -> [Body] in
      let number = Int32(tuft)
      let side: Float = tuft % 2 == 0 ? 1 : -1
      let z = 9.5 - 34 * Noise.cell(number, 1, 8)
      let x = Land.trackMiddle(z) + side * (3.3 + 7.5 * pow(Noise.cell(number, 2, 8), 1.3))
      let green = Noise.cell(number, 3, 8)
      let colour = mix(Vector(0.47, 0.36, 0.15), Vector(0.20, 0.22, 0.07), green * 0.85)
      let material = Plant.leaf(colour)
      let tall = 0.7 + 1.5 * Noise.cell(number, 4, 8)
      return (0..<34).map { index in
        blade(root: SIMD2(x, z), tall: tall, number: number &* 64 &+ Int32(index), material: material)
      }
    }
  }

  private static func blade(root: SIMD2<Float>, tall: Float, number: Int32, material: Material) -> Body {
    let turn = Noise.cell(number, 1, 9) * 6.28
    let spread = 0.35 * Noise.cell(number, 2, 9)
    let lean = (0.25 + 0.75 * Noise.cell(number, 3, 9)) * tall
    let place = root + SIMD2(cos(turn), sin(turn)) * spread
    let foot = Vector(place.x, Land.height(place.x, place.y) - 0.05, place.y)
    let length = tall * (0.6 + 0.6 * Noise.cell(number, 4, 9))
    let out = Vector(cos(turn), 0, sin(turn)) * lean + Vector(0.18, 0, 0.05) * tall
    let tube = Tube(
      from: foot, towards: foot + Vector(0, length * 0.8, 0) + out * 0.2,
      to: foot + Vector(0, length * (0.95 - 0.35 * Noise.cell(number, 5, 9)), 0) + out,
      radii: (0.028, 0.006), pieces: 4)
    return Body(DistanceField(bounds: tube.bounds, distance: tube.distance), material)
  }

  /// Shrubs in the middle distance, out of focus.
  static var bushes: [Body] {
    (0..<26).map { index in
      let number = Int32(index)
      let z = -22 - 120 * pow(Noise.cell(number, 1, 12), 1.4)
      let side: Float = index % 2 == 0 ? 1 : -1
      let x = side * (5 + (14 - z * 0.35) * Noise.cell(number, 2, 12))
      let radius = 1.6 + 3.2 * Noise.cell(number, 3, 12)
      let centre = Vector(x, Land.height(x, z) + radius * 0.55, z)
      let field = DistanceField(
        bounds: Bounds(centre: centre, halfSize: Vector(repeating: radius * 1.5)), caution: 0.65
      ) { p in
        let smooth = Distance.ellipsoid(p - centre, radii: Vector(radius, radius * 0.85, radius))
        if smooth > radius * 0.6 { return smooth - radius * 0.4 }
        return smooth
          + Noise.fractal((p - centre) * (2.4 / radius) + Float(number) * 5, octaves: 3) * radius * 0.66
      }
      return Body(
        field, Plant.leaf(mix(Vector(0.10, 0.115, 0.04), Vector(0.21, 0.15, 0.05), Noise.cell(number, 4, 12)))
      )
    }
  }
}
