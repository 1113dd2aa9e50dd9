/// A half line. `direction` has length 1.
struct Ray: Sendable {
  var origin: Vector
  var direction: Vector

  func point(at distance: Float) -> Vector { origin + direction * distance }
}
