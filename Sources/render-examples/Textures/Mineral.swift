import Foundation

/// Plaster, concrete, stone, sand.
enum Mineral {
  /// A trowelled wall, faintly blotched.
  static func plaster(_ colour: Vector) -> Material {
    Material(
      relief: { Noise.fractal($0 * Vector(1.1, 1.6, 1.1), octaves: 5) * 0.09 }, reliefStep: 6e-3
    ) { p in
      let blotch = Noise.fractal(p * 0.32, octaves: 5)
      let fine = Noise.gradient(p * 14)
      return Surface(albedo: colour * (1 + blotch * 0.22 + fine * 0.025))
    }
  }

  /// A smooth grey worktop with pits and clouds.
  static func concrete(_ colour: Vector) -> Material {
    Material(relief: { Noise.fractal($0 * 6, octaves: 3) * 0.006 }, reliefStep: 4e-3) { p in
      let cloud = Noise.fractal(p * 0.7, octaves: 5)
      let grit = Noise.gradient(p * 26) * 0.06 + Noise.gradient(p * 60) * 0.04
      let pit = Noise.points(p * 3.1)
      let dark = pit.number > 0.72 ? smoothstep(0.09, 0.03, pit.distance) : 0
      return Surface(
        albedo: colour * (1 + cloud * 0.42 + grit) * (1 - dark * 0.6), roughness: 0.55, reflectance: 0.03)
    }
  }

  /// Pebble or boulder; `number` in 0..<1 makes each its own colour.
  static func stone(number: Float) -> Material {
    let hue = mix(Vector(0.34, 0.30, 0.26), Vector(0.27, 0.25, 0.245), number)
    let tone = 0.6 + 0.7 * Noise.cell(Int32(number * 9973), 1, 2)
    return Material(relief: { Noise.fractal($0 * 5, octaves: 4) * 0.03 }, reliefStep: 4e-3) { p in
      let mottle = Noise.fractal(p * 1.4 + number * 50, octaves: 5)
      let grain = Noise.gradient(p * 20) * 0.14
      let vein = smoothstep(0.05, 0, abs(Noise.fractal(p * 0.8 + number * 20, octaves: 3)))
      let dusty = smoothstep(0.55, 0, p.y) * 0.5
      let colour = hue * tone * (1 + mottle * 0.7 + grain) * (1 + vein * 0.25)
      return Surface(
        albedo: mix(colour, Vector(0.36, 0.255, 0.165), dusty), roughness: 0.6, reflectance: 0.025)
    }
  }

  /// Dry sandy soil with damp patches and loose grains.
  static func soil() -> Material {
    Material(
      relief: { p in
        let q = Vector(p.x, 0, p.z)
        return Noise.fractal(q * 7, octaves: 3) * 0.028 + Noise.gradient(q * 44) * 0.0045
      }, reliefStep: 5e-3
    ) { p in
      let q = Vector(p.x, 0, p.z)
      let patch = Noise.fractal(q * 0.22, octaves: 4)
      let grain = Noise.gradient(q * 31) * 0.16 + Noise.gradient(q * 75) * 0.13
      let crumb = Noise.points(Vector(p.x * 5.5, 0.5, p.z * 5.5))
      let chip = crumb.number > 0.6 ? smoothstep(0.24, 0.12, crumb.distance) : 0
      var colour = mix(Vector(0.41, 0.29, 0.185), Vector(0.25, 0.17, 0.105), smoothstep(-0.22, 0.3, patch))
      colour *= 1 + grain + Noise.fractal(q * 3, octaves: 3) * 0.3
      let chipTone = mix(0.55, 1.5, Noise.cell(Int32(crumb.number * 4096), 4, 4))
      colour = mix(colour, Vector(0.33, 0.27, 0.21) * chipTone, chip * 0.75)
      return Surface(albedo: pointwiseMax(colour, Vector(repeating: 0.02)))
    }
  }
}
