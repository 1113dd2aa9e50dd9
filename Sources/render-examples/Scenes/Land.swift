import Foundation

/// The ground of the field.
enum Land {
  /// The track lies level; the land rolls beside it and rises to hills far off.
  @Sendable static func height(_ x: Float, _ z: Float) -> Float {
    let away = max(0, -z - 8)
    let roll = Noise.fractal(Vector(x * 0.11, 4, z * 0.11), octaves: 3)
    let beside = smoothstep(2.5, 9, abs(x - trackMiddle(z)))
    var h = roll * (0.35 + 1.1 * beside) + beside * 0.45
    let rut = (abs(x - trackMiddle(z)) - 1.9) / 0.55
    if abs(rut) < 3 { h -= 0.20 * exp(-rut * rut) }
    if away < 150 {
      h += Noise.fractal(Vector(x * 1.1, 1, z * 1.1), octaves: 3) * 0.10 * exp(-away * 0.02)
    }
    let far = smoothstep(60, 700, away)
    if far > 0 {
      let hills = Noise.fractal(Vector(x * 0.0042 + 0.4, 8, z * 0.0042), octaves: 4)
      h += far * (26 + 92 * max(0, hills + 0.34))
    }
    return h - 2.2 * smoothstep(10, 70, away) * (1 - far)
  }

  /// No ground at this depth is higher: octaves of noise sum to less than 1.
  @Sendable static func ceiling(_ z: Float) -> Float {
    2.0 + smoothstep(60, 700, -z - 8) * (26 + 92 * 1.34)
  }

  static func trackMiddle(_ z: Float) -> Float {
    -0.2 + 1.9 * sin(min(0, z - 2) * 0.07) + 0.0016 * z * z * (z < 0 ? 1 : 0)
  }

  static var material: Material {
    let soil = Mineral.soil()
    return Material(relief: soil.relief, reliefStep: soil.reliefStep) { p in
      var surface = soil.surface(p)
      let beside = smoothstep(2.6, 7, abs(p.x - trackMiddle(p.z)) + Noise.fractal(p * 0.5, octaves: 3) * 2.5)
      let straw = mix(
        Vector(0.31, 0.245, 0.10), Vector(0.125, 0.145, 0.05),
        smoothstep(-0.25, 0.25, Noise.fractal(Vector(p.x * 0.3, 6, p.z * 0.18), octaves: 4)))
      let tuft = 0.7 + 0.9 * abs(Noise.fractal(Vector(p.x * 3.2, 2, p.z * 1.3), octaves: 4))
      surface.albedo = mix(surface.albedo, straw * tuft, beside * smoothstep(12, -10, p.z) * 0.9)
      let woods = smoothstep(0.02, 0.14, Noise.fractal(Vector(p.x * 0.022, 3, p.z * 0.016), octaves: 5))
      surface.albedo = mix(surface.albedo, Vector(0.045, 0.062, 0.028), woods * smoothstep(-70, -260, p.z))
      return surface
    }
  }
}
