import Foundation

/// Oiled planks, their grain along x.
enum Wood {
  /// Across a plank, in decimetres.
  static let plankWidth: Float = 1.9

  static func planks() -> Material {
    Material(relief: relief, reliefStep: 3e-3) { p in
      let (plank, edge) = place(p)
      let offset = Noise.cell(plank, 3, 7) * 40
      let q = Vector(p.x + offset, p.y, p.z + offset * 1.7)
      // Year rings: distance from a wandering axis, seen as bands along the board.
      let drift = Noise.fractal(Vector(q.x * 0.12, 0, q.z * 0.35), octaves: 3) * 3.2
      let knot = knotPull(q)
      let ring = (q.z * 2.1 + drift * 2 + knot * 3.2) * 1.35
      let phase = ring - ring.rounded(.down)
      let late = smoothstep(0.45, 0.93, phase) * smoothstep(1, 0.94, phase)
      let fibre = Noise.fractal(Vector(q.x * 1.6, 0, q.z * 55), octaves: 3)
      let pore = smoothstep(0.22, 0.5, Noise.gradient(Vector(q.x * 5, 3, q.z * 75)))
      let tone = Noise.cell(plank, 11, 5)
      var colour = mix(Vector(0.40, 0.215, 0.092), Vector(0.29, 0.138, 0.054), tone * 0.8)
      colour = mix(colour, Vector(0.165, 0.070, 0.025), late * 0.62)
      colour *= 1 + fibre * 0.36
      colour *= 1 - pore * 0.3
      colour *= 1 + Noise.fractal(q * 0.5, octaves: 2) * 0.35
      colour = mix(colour, Vector(0.05, 0.022, 0.009), smoothstep(0.5, 1.1, knot) * 0.8)
      colour *= mix(0.16, 1, smoothstep(0.004, 0.026, edge))
      let wear = Noise.fractal(Vector(p.x * 0.6, 5, p.z * 0.9), octaves: 4)
      return Surface(
        albedo: colour.clamped(lowerBound: Vector(repeating: 0.01), upperBound: Vector(repeating: 0.8)),
        roughness: clamp(0.40 + wear * 0.22 + pore * 0.15, 0.22, 0.7), reflectance: 0.035)
    }
  }

  /// Which plank a point is on, and how far from the nearest joint.
  private static func place(_ p: Vector) -> (plank: Int32, edge: Float) {
    let across = p.z / plankWidth + 0.37
    let plank = across.rounded(.down)
    let within = across - plank
    return (Int32(plank), min(within, 1 - within) * plankWidth)
  }

  /// How strongly the grain bends around a knot; above 0.5 is the knot itself.
  private static func knotPull(_ q: Vector) -> Float {
    let near = Noise.points(Vector(q.x * 0.16, 0.5, q.z * 0.42))
    guard near.number > 0.55 else { return 0 }
    return 1.15 * exp(-near.distance * near.distance * 55)
  }

  private static func relief(_ p: Vector) -> Float {
    let (plank, edge) = place(p)
    let offset = Noise.cell(plank, 3, 7) * 40
    let fibre = Noise.gradient(Vector((p.x + offset) * 1.8, 0, (p.z + offset * 1.7) * 48))
    return fibre * 0.0011 - 0.02 * smoothstep(0.03, 0, edge)
  }
}
