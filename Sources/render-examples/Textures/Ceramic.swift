import Foundation

/// Fired clay, glazed and raw.
enum Ceramic {
  /// A glaze with a little cloud in it.
  static func glaze(_ colour: Vector, roughness: Float = 0.12, speckles: Float = 0) -> Material {
    Material(relief: { Noise.fractal($0 * 2.2, octaves: 2) * 0.006 }, reliefStep: 8e-3) { p in
      let cloud = Noise.fractal(p * 1.8, octaves: 4)
      let speck = Noise.points(p * 9)
      let dark = speck.number > 0.66 ? smoothstep(0.19, 0.10, speck.distance) * speckles : 0
      return Surface(
        albedo: mix(colour * (1 + cloud * 0.28), Vector(0.11, 0.07, 0.045), dark), roughness: roughness,
        reflectance: 0.045)
    }
  }

  /// Stoneware dipped into glaze down to a wavy line at `height`; the raw clay shows below.
  static func dipped(_ colour: Vector, to height: Float) -> Material {
    Material(
      relief: { p in
        let glazed = smoothstep(-0.02, 0.05, p.y - waterline(p, height))
        return glazed * 0.018 + Noise.fractal(p * 2, octaves: 2) * 0.006
          + (1 - glazed) * Noise.gradient(Vector(p.x * 3, p.y * 42, p.z * 3)) * 0.0018
      }, reliefStep: 6e-3
    ) { p in
      let glazed = smoothstep(-0.012, 0.016, p.y - waterline(p, height))
      let thin = smoothstep(0.22, 0, p.y - waterline(p, height))
      let cloud = Noise.fractal(p * 1.5, octaves: 5)
      let streak = Noise.fractal(Vector(p.x * 5, p.y * 0.8, p.z * 5), octaves: 3)
      let speck = Noise.points(p * 7)
      let dark = speck.number > 0.6 ? smoothstep(0.17, 0.09, speck.distance) : 0
      var coat = colour * (1 + cloud * 0.55 + streak * 0.3)
      coat = mix(coat, Vector(0.30, 0.17, 0.085), thin * 0.55)
      coat = mix(coat, coat * 0.25, dark * 0.7)
      let clay = Vector(0.43, 0.265, 0.165) * (1 + Noise.fractal(p * 5, octaves: 4) * 0.4)
      return Surface(
        albedo: mix(clay, coat, glazed), roughness: mix(0.75, 0.13, glazed),
        reflectance: mix(0.012, 0.05, glazed))
    }
  }

  private static func waterline(_ p: Vector, _ height: Float) -> Float {
    height + Noise.fractal(Vector(p.x * 1.3, 0, p.z * 1.3), octaves: 3) * 0.28
  }
}
