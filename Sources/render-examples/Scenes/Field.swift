import Foundation

/// A sandy track through dry grass against a low sun, hills in the haze; its foreground is free.
enum Field {
  static let size = PictureSize(width: 768, height: 1024)
  /// Where a new thing would stand.
  static let freePlace = Vector(-0.4, 0, 3.0)

  private static let sunDirection = normalize(Vector(-0.42, 0.36, -0.75))

  /// - Parameter mapPitch: how far apart the ground's heights are worked out, in decimetres.
  static func scene(mapPitch: Float = 0.03) -> Scene {
    let ground = Terrain(
      bounds: Bounds(low: Vector(-900, -8, -1400), high: Vector(900, 130, 40)), height: Land.height,
      ceiling: Land.ceiling,
      steepest: 0.36,
      map: HeightMap(from: SIMD2(-28, -60), to: SIMD2(28, 17), pitch: mapPitch, height: Land.height))
    return Scene(
      bodies: [Body(ground, Land.material)] + Stones.pebbles + Stones.boulders + Growth.grass + Growth.bushes,
      lights: [Sun(towards: sunDirection, radius: 0.9, irradiance: Vector(9.4, 6.6, 3.9))],
      sky: sky,
      haze: Haze(density: 0.0011) { direction in sky(normalize(Vector(direction.x, 0.06, direction.z))) * 0.92
      },
      camera: Camera(
        from: Vector(0.4, 5.4, 15.5), to: Vector(-0.1, 3.0, 0), fieldOfView: 43, aperture: 0.06,
        focus: Vector(0, 0.6, 3.2)),
      development: Development(exposure: 1.3, balance: Vector(1.0, 1, 1.02), vignette: 0.2))
  }

  /// Warm and bright round the sun, blue above, pale at the horizon.
  @Sendable private static func sky(_ direction: Vector) -> Vector {
    let rise = clamp(direction.y, 0, 1)
    var colour = mix(Vector(0.86, 0.77, 0.65), Vector(0.11, 0.27, 0.60), pow(rise, 0.42))
    let towards = max(0, dot(direction, sunDirection))
    colour += Vector(1.1, 0.66, 0.30) * pow(towards, 14) * 0.42
    colour += Vector(2.6, 1.9, 1.1) * pow(towards, 90) * 1.1
    let plane = direction / max(direction.y + 0.10, 0.04)
    let veil = smoothstep(0.02, 0.42, Noise.fractal(Vector(plane.x * 0.55, 2.2, plane.z * 1.3), octaves: 5))
    return mix(colour, Vector(1.15, 1.0, 0.86), veil * 0.4 * smoothstep(0.02, 0.25, direction.y))
  }
}
