import Foundation

/// A point, a direction or a linear RGB colour. Scenes are measured in decimetres, y is up.
typealias Vector = SIMD3<Float>

func dot(_ a: Vector, _ b: Vector) -> Float { (a * b).sum() }

func cross(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

func length(_ a: Vector) -> Float { dot(a, a).squareRoot() }

func length(_ a: SIMD2<Float>) -> Float { (a * a).sum().squareRoot() }

func normalize(_ a: Vector) -> Vector { a / length(a) }

func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

func mix(_ a: Vector, _ b: Vector, _ t: Float) -> Vector { a + (b - a) * t }

func clamp(_ x: Float, _ low: Float, _ high: Float) -> Float { min(max(x, low), high) }

/// 0 below `low`, 1 above `high`, a cubic ramp between. `low` may be the larger: the ramp then falls.
func smoothstep(_ low: Float, _ high: Float, _ x: Float) -> Float {
  let t = clamp((x - low) / (high - low), 0, 1)
  return t * t * (3 - 2 * t)
}

/// The part of a colour the eye calls brightness (Rec. 709 weights).
func luminance(_ colour: Vector) -> Float { dot(colour, Vector(0.2126, 0.7152, 0.0722)) }

/// Three perpendicular unit vectors of which `up` is given.
struct Basis {
  let tangent: Vector
  let bitangent: Vector
  let up: Vector

  init(up: Vector) {
    self.up = up
    let helper = abs(up.x) > 0.7 ? Vector(0, 1, 0) : Vector(1, 0, 0)
    tangent = normalize(cross(helper, up))
    bitangent = cross(up, tangent)
  }

  func toWorld(_ v: Vector) -> Vector { tangent * v.x + bitangent * v.y + up * v.z }

  func toLocal(_ v: Vector) -> Vector { Vector(dot(v, tangent), dot(v, bitangent), dot(v, up)) }
}
