import Foundation

/// Fruit, leaves, stalks.
enum Plant {
  static func orange(seed: Float) -> Material {
    Material(
      relief: { p in
        let pore = Noise.points(p * 22 + seed)
        return -0.006 * smoothstep(0.45, 0.1, pore.distance)
      }, reliefStep: 6e-3
    ) { p in
      let blush = Noise.fractal(p * 1.6 + seed, octaves: 4)
      return Surface(
        albedo: mix(Vector(0.70, 0.19, 0.012), Vector(0.68, 0.25, 0.02), clamp(0.5 + blush, 0, 1)),
        roughness: 0.34,
        reflectance: 0.04)
    }
  }

  static func leaf(_ colour: Vector) -> Material {
    Material { p in
      Surface(
        albedo: colour * (1 + Noise.fractal(p * 4, octaves: 3) * 0.6), roughness: 0.5, reflectance: 0.03)
    }
  }

  /// The rind of a pumpkin about the origin; `grooves` says how deep in a groove a point lies, 0...1.
  static func pumpkin(grooves: @escaping @Sendable (Vector) -> Float) -> Material {
    Material(
      relief: { p in
        let wart = Noise.points(p * 6)
        return Noise.fractal(p * 3.5, octaves: 4) * 0.018 + 0.006 * smoothstep(0.3, 0.1, wart.distance)
      }, reliefStep: 6e-3
    ) { p in
      let turn = atan2(p.z, p.x)
      let streak = Noise.fractal(Vector(cos(turn) * 9, p.y * 0.9, sin(turn) * 9), octaves: 4)
      let mottle = Noise.fractal(p * 2.4, octaves: 5)
      let fleck = Noise.points(p * 11)
      let pale = fleck.number > 0.5 ? smoothstep(0.2, 0.08, fleck.distance) : 0
      var colour = mix(
        Vector(0.66, 0.215, 0.022), Vector(0.60, 0.125, 0.012), clamp(0.45 + mottle * 1.1, 0, 1))
      colour *= 1 + streak * 0.42
      colour = mix(colour, Vector(0.36, 0.075, 0.012), grooves(p) * 0.75)
      colour = mix(colour, Vector(0.72, 0.40, 0.10), pale * 0.35)
      let crown = smoothstep(0.55, 0.25, length(SIMD2(p.x, p.z))) * smoothstep(0.4, 0.9, p.y)
      colour = mix(colour, Vector(0.33, 0.24, 0.05), crown * 0.55)
      return Surface(albedo: colour, roughness: clamp(0.36 + mottle * 0.2, 0.22, 0.6), reflectance: 0.04)
    }
  }

  /// A woody stalk.
  static func stalk() -> Material {
    Material(
      relief: { Noise.fractal(Vector($0.x * 9, $0.y * 2.2, $0.z * 9), octaves: 3) * 0.05 }, reliefStep: 6e-3
    ) { p in
      let fibre = Noise.fractal(Vector(p.x * 10, p.y * 2, p.z * 10), octaves: 4)
      return Surface(
        albedo: mix(Vector(0.27, 0.22, 0.075), Vector(0.17, 0.14, 0.06), clamp(0.5 + fibre * 1.6, 0, 1)),
        roughness: 0.6, reflectance: 0.02)
    }
  }
}
