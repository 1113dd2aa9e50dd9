/// A place, a direction or a linear colour.
typealias Vector = SIMD3<Float>

// Sums are written out, so that every machine adds in the same order.

@inline(__always)
func dot(_ a: Vector, _ b: Vector) -> Float { a.x * b.x + a.y * b.y + a.z * b.z }

@inline(__always)
func cross(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

@inline(__always)
func length(_ a: Vector) -> Float { dot(a, a).squareRoot() }

/// The direction of a vector; the zero vector stays.
@inline(__always)
func normalize(_ a: Vector) -> Vector {
  let size = length(a)
  return size > 0 ? a / size : a
}

@inline(__always)
func mix(_ a: Float, _ b: Float, _ share: Float) -> Float { a + (b - a) * share }

@inline(__always)
func mix(_ a: Vector, _ b: Vector, _ share: Float) -> Vector { a + (b - a) * share }

/// Within 0…1. Two comparisons are two instructions here, while `max` and `min` take care of what is no number.
@inline(__always)
func clamp(_ x: Float) -> Float {
  let positive = x > 0 ? x : 0
  return positive < 1 ? positive : 1
}

/// 0 up to `a`, 1 from `b`, smooth between; falls where `a` is the larger.
@inline(__always)
func smoothstep(_ a: Float, _ b: Float, _ x: Float) -> Float {
  let t = clamp((x - a) / (b - a))
  return t * t * (3 - 2 * t)
}

/// Rounds down. On processors without an instruction for it this is far quicker than `rounded(.down)`, which calls the
/// C library.
@inline(__always)
func floor(_ x: Float) -> Int32 {
  let whole = Int32(x)
  return Float(whole) > x ? whole &- 1 : whole
}

/// The part after the point, counted from below.
@inline(__always)
func fraction(_ x: Float) -> Float { x - Float(floor(x)) }
