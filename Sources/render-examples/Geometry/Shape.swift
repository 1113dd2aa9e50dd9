/// A solid a ray can meet.
protocol Shape: Sendable {
  var bounds: Bounds { get }

  /// The smallest distance, below `limit`, at which the ray enters the solid.
  func intersection(with ray: Ray, limit: Float) -> Float?

  /// The outward unit normal at a point of the surface.
  func normal(at point: Vector) -> Vector
}

/// How far from a surface a ray may be and still count as on it, in decimetres.
let surfaceTolerance: Float = 4e-4
