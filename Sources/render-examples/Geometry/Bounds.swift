/// An axis-aligned box.
struct Bounds: Sendable {
  var low: Vector
  var high: Vector

  static let empty = Bounds(low: Vector(repeating: .infinity), high: Vector(repeating: -.infinity))

  init(low: Vector, high: Vector) {
    self.low = low
    self.high = high
  }

  init(centre: Vector, halfSize: Vector) {
    self.init(low: centre - halfSize, high: centre + halfSize)
  }

  var centre: Vector { (low + high) * 0.5 }

  func union(_ other: Bounds) -> Bounds {
    Bounds(low: pointwiseMin(low, other.low), high: pointwiseMax(high, other.high))
  }

  func grown(by margin: Float) -> Bounds { Bounds(low: low - margin, high: high + margin) }

  /// Where a ray, given by its origin and the reciprocal of its direction, is inside.
  func span(origin: Vector, reciprocal: Vector, limit: Float) -> (near: Float, far: Float)? {
    let a = (low - origin) * reciprocal
    let b = (high - origin) * reciprocal
    let near = max(pointwiseMin(a, b).max(), 0)
    let far = min(pointwiseMax(a, b).min(), limit)
    return near <= far ? (near, far) : nil
  }
}
