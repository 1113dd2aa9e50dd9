import Foundation

/// Signed distances of simple solids about the origin, and ways to join them.
enum Distance {
  static func ellipsoid(_ p: Vector, radii: Vector) -> Float {
    let near = length(p / radii)
    let slope = length(p / (radii * radii))
    return slope > 0 ? near * (near - 1) / slope : -radii.min()
  }

  /// A box whose edges are rounded with `radius`; `half` counts the rounding in.
  static func box(_ p: Vector, half: Vector, radius: Float) -> Float {
    let q = Vector(abs(p.x), abs(p.y), abs(p.z)) - half + radius
    return length(pointwiseMax(q, .zero)) + min(q.max(), 0) - radius
  }

  static func capsule(_ p: Vector, from a: Vector, to b: Vector, radii: (Float, Float)) -> Float {
    let along = b - a
    let t = clamp(dot(p - a, along) / dot(along, along), 0, 1)
    return length(p - a - along * t) - mix(radii.0, radii.1, t)
  }

  /// An upright cylinder from the plane y = 0 up.
  static func cylinder(_ p: Vector, radius: Float, height: Float, rounding: Float) -> Float {
    let q = SIMD2(
      length(SIMD2(p.x, p.z)) - radius + rounding, abs(p.y - height / 2) - height / 2 + rounding)
    return length(pointwiseMax(q, .zero)) + min(q.max(), 0) - rounding
  }

  /// What a lathe makes: `radius` gives the outline at each height.
  static func turned(_ p: Vector, height: Float, radius: (Float) -> Float) -> Float {
    let side = length(SIMD2(p.x, p.z)) - radius(clamp(p.y, 0, height))
    let q = SIMD2(side, max(-p.y, p.y - height))
    return length(pointwiseMax(q, .zero)) + min(q.max(), 0)
  }

  /// The union, with the crease filled over a width of about `k`.
  static func smoothUnion(_ a: Float, _ b: Float, _ k: Float) -> Float {
    let h = max(k - abs(a - b), 0) / k
    return min(a, b) - h * h * k * 0.25
  }

  static func smoothSubtraction(_ a: Float, minus b: Float, _ k: Float) -> Float {
    -smoothUnion(-a, b, k)
  }
}
