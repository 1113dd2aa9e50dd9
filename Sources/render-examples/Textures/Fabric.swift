import Foundation

/// Woven cloth and paper.
enum Fabric {
  /// Plain weave; threads run along x and z, `pitch` decimetres apart. Stripes, if any, run along z.
  static func weave(_ colour: Vector, pitch: Float, stripe: Vector? = nil) -> Material {
    Material(relief: { thread($0, pitch).height * pitch * 0.42 }, reliefStep: pitch * 0.18) { p in
      let place = thread(p, pitch)
      var tint = colour
      if let stripe {
        let across = p.x * 0.82 + 0.05
        let within = across - across.rounded(.down)
        let first = smoothstep(0.10, 0.11, within) * smoothstep(0.27, 0.26, within)
        let second = smoothstep(0.32, 0.325, within) * smoothstep(0.365, 0.36, within)
        tint = mix(tint, stripe, max(first, second) * 0.9)
      }
      let slub = Noise.gradient(Vector(p.x * 2.3, 1, p.z / pitch * 0.9)) * 0.16
      let soil = Noise.fractal(p * 1.2, octaves: 3) * 0.12
      return Surface(albedo: tint * (0.62 + 0.42 * place.height + slub + soil))
    }
  }

  /// The cut edge of a block of paper, its leaves level.
  static func pages() -> Material {
    Material { p in
      let leaf = Noise.gradient(Vector(p.x * 0.6, p.y * 95, p.z * 0.6))
      let age = Noise.fractal(p * 1.5, octaves: 3)
      return Surface(albedo: Vector(0.70, 0.62, 0.48) * (0.86 + leaf * 0.24 + age * 0.16))
    }
  }

  /// How high the uppermost thread stands here, 0...1.
  private static func thread(_ p: Vector, _ pitch: Float) -> (height: Float, warp: Bool) {
    let x = p.x / pitch + Noise.gradient(p * 1.7) * 0.5
    let z = p.z / pitch + Noise.gradient(p * 1.7 + 9) * 0.5
    let a = abs(sin(x * .pi))
    let b = abs(sin(z * .pi))
    let over = (Int32(x.rounded(.down)) &+ Int32(z.rounded(.down))) & 1 == 0
    let rise = over ? a * (0.55 + 0.45 * b) : b * (0.55 + 0.45 * a)
    return (rise, over)
  }
}
