import Foundation

/// A thin lens looking from `position` to `target`.
struct Camera: Sendable {
  let position: Vector
  /// Of the lens opening, in decimetres; 0 is a pinhole.
  let aperture: Float
  let focusDistance: Float
  private let right: Vector
  private let up: Vector
  private let forward: Vector
  /// Half the picture's height at distance 1.
  private let halfHeight: Float

  /// - Parameters:
  ///   - fieldOfView: from the bottom of the picture to its top, in degrees.
  ///   - focus: the point that is sharpest.
  init(from position: Vector, to target: Vector, fieldOfView: Float, aperture: Float, focus: Vector) {
    self.position = position
    self.aperture = aperture
    forward = normalize(target - position)
    right = normalize(cross(forward, Vector(0, 1, 0)))
    up = cross(right, forward)
    halfHeight = tan(fieldOfView * .pi / 360)
    focusDistance = dot(focus - position, forward)
  }

  /// The ray through a place in the picture, given in pixels from its top left corner.
  func ray(through pixel: SIMD2<Float>, of size: PictureSize, lens u: SIMD2<Float>) -> Ray {
    let half = SIMD2(Float(size.width), Float(size.height)) * 0.5
    let place = (pixel - half) / half.y * halfHeight
    let target = (forward + right * place.x - up * place.y) * focusDistance
    let reach = u.x.squareRoot() * aperture
    let turn = 2 * Float.pi * u.y
    let start = right * (cos(turn) * reach) + up * (sin(turn) * reach)
    return Ray(origin: position + start, direction: normalize(target - start))
  }

  /// Where a point appears, in pixels from the top left corner.
  func project(_ point: Vector, in size: PictureSize) -> SIMD2<Float> {
    let offset = point - position
    let depth = dot(offset, forward) * halfHeight
    let half = SIMD2(Float(size.width), Float(size.height)) * 0.5
    return half + SIMD2(dot(offset, right), -dot(offset, up)) / depth * half.y
  }
}
