/// A turn with a scale, then a shift.
struct Transform {
  /// Where the axes go.
  var x = Vector(1, 0, 0)
  var y = Vector(0, 1, 0)
  var z = Vector(0, 0, 1)
  var shift = Vector.zero

  static let identity = Transform()

  static func moved(_ x: Float, _ y: Float, _ z: Float) -> Transform { Transform(shift: Vector(x, y, z)) }

  static func scaled(_ x: Float, _ y: Float, _ z: Float) -> Transform {
    Transform(x: Vector(x, 0, 0), y: Vector(0, y, 0), z: Vector(0, 0, z))
  }

  static func scaled(_ size: Float) -> Transform { scaled(size, size, size) }

  /// A turn about the x axis, y towards z, in radians.
  static func turnedX(_ angle: Float) -> Transform {
    let (s, c) = (Portable.sine(angle), Portable.cosine(angle))
    return Transform(y: Vector(0, c, s), z: Vector(0, -s, c))
  }

  /// A turn about the upright axis, z towards x, in radians.
  static func turnedY(_ angle: Float) -> Transform {
    let (s, c) = (Portable.sine(angle), Portable.cosine(angle))
    return Transform(x: Vector(c, 0, -s), z: Vector(s, 0, c))
  }

  /// A turn about the z axis, x towards y, in radians.
  static func turnedZ(_ angle: Float) -> Transform {
    let (s, c) = (Portable.sine(angle), Portable.cosine(angle))
    return Transform(x: Vector(c, s, 0), y: Vector(-s, c, 0))
  }

  @inline(__always)
  func direction(_ v: Vector) -> Vector { x * v.x + y * v.y + z * v.z }

  @inline(__always)
  func point(_ v: Vector) -> Vector { direction(v) + shift }

  /// A surface's normal: the inverse transpose, up to a positive factor.
  @inline(__always)
  func normal(_ n: Vector) -> Vector {
    let sign: Float = dot(cross(x, y), z) < 0 ? -1 : 1
    return normalize((cross(y, z) * n.x + cross(z, x) * n.y + cross(x, y) * n.z) * sign)
  }

  /// This one first, then the other.
  func then(_ next: Transform) -> Transform {
    Transform(x: next.direction(x), y: next.direction(y), z: next.direction(z), shift: next.point(shift))
  }
}
