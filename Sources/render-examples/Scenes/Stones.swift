import Foundation

/// What lies on the field.
enum Stones {
  /// A lump of stone, partly sunk.
  private static func stone(at place: SIMD2<Float>, radius: Float, number: Int32) -> Body {
    let flat = 0.5 + 0.3 * Noise.cell(number, 1, 3)
    let centre = Vector(place.x, Land.height(place.x, place.y) + radius * flat * 0.35, place.y)
    let turn = Noise.cell(number, 2, 3) * 6.28
    let c = cos(turn)
    let s = sin(turn)
    let radii = Vector(radius, radius * flat, radius * (0.65 + 0.3 * Noise.cell(number, 3, 3)))
    let shift = Float(number) * 3.7
    let field = DistanceField(
      bounds: Bounds(centre: centre, halfSize: Vector(repeating: radius * 1.25)), caution: 0.65
    ) { p in
      let q = p - centre
      let local = Vector(q.x * c - q.z * s, q.y, q.x * s + q.z * c)
      let smooth = Distance.ellipsoid(local, radii: radii)
      // Where the lumps cannot reach they need not be known.
      if smooth > radius * 0.45 { return smooth - radius * 0.2 }
      return smooth + Noise.fractal(local * (0.9 / radius) + shift, octaves: 4) * radius * 0.32
    }
    return Body(field, Mineral.stone(number: Noise.cell(number, 4, 3)))
  }

  static var pebbles: [Body] {
    (0..<360).compactMap { index in
      let number = Int32(index)
      let depth = pow(Noise.cell(number, 5, 5), 1.25)
      let z = 11 - depth * 27
      let x = Land.trackMiddle(z) + (Noise.cell(number, 6, 5) - 0.5) * (9 + depth * 12)
      let size = 0.05 + 0.30 * pow(Noise.cell(number, 7, 5), 5)
      let free = abs(x - Field.freePlace.x) < 1.9 && abs(z - Field.freePlace.z) < 1.7
      return free && size > 0.1 ? nil : stone(at: SIMD2(x, z), radius: size, number: number)
    }
  }

  static var boulders: [Body] {
    let places: [(SIMD2<Float>, Float)] = [
      (SIMD2(4.9, -0.6), 1.55), (SIMD2(6.3, 0.9), 0.8), (SIMD2(-5.6, -6.5), 1.3), (SIMD2(3.4, 1.2), 0.42),
      (SIMD2(-4.2, 3.6), 0.5),
    ]
    return places.enumerated().map { stone(at: $1.0, radius: $1.1, number: 900 + Int32($0)) }
  }
}
