/// A bent tube of varying thickness along a quadratic Bézier curve: a spout, a stem, a blade of grass.
struct Tube: Sendable {
  private let points: [Vector]
  private let radii: [Float]
  let bounds: Bounds

  init(from a: Vector, towards b: Vector, to c: Vector, radii: (Float, Float), pieces: Int) {
    points = (0...pieces).map { index in
      let t = Float(index) / Float(pieces)
      return mix(mix(a, b, t), mix(b, c, t), t)
    }
    self.radii = (0...pieces).map { mix(radii.0, radii.1, Float($0) / Float(pieces)) }
    bounds = zip(points, self.radii).reduce(Bounds.empty) {
      $0.union(Bounds(low: $1.0 - $1.1, high: $1.0 + $1.1))
    }
  }

  /// Exact near the tube; from afar the distance to its bounds, which is never more.
  func distance(_ p: Vector) -> Float {
    let away = length(pointwiseMax(pointwiseMax(bounds.low - p, p - bounds.high), .zero))
    if away > 0.4 { return away }
    var nearest = Float.infinity
    for index in 1..<points.count {
      let piece = Distance.capsule(
        p, from: points[index - 1], to: points[index], radii: (radii[index - 1], radii[index]))
      nearest = min(nearest, piece)
    }
    return nearest
  }
}
