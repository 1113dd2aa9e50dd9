import Foundation

/// A free-form region to paint in: a rounded box with a wavering edge.
struct Outline: Sendable {
  let centre: SIMD2<Float>
  /// Half the width and half the height, in pixels.
  let half: SIMD2<Float>
  let seed: Int32

  /// The region around something of this width and height, in decimetres, that stands at `foot`,
  /// with some room for its shadow.
  init(around extent: SIMD2<Float>, at foot: Vector, seenBy camera: Camera, of size: PictureSize, seed: Int32)
  {
    let base = camera.project(foot, in: size)
    let top = camera.project(foot + Vector(0, extent.y, 0), in: size)
    let side = camera.project(foot + Vector(extent.x, 0, 0), in: size)
    let height = base.y - top.y
    let width = side.x - base.x
    centre = SIMD2(base.x, base.y - height * 0.43)
    half = SIMD2(width * 0.56, height * 0.64)
    self.seed = seed
  }

  /// Grey bytes, 255 where to paint, with a smooth edge one pixel wide.
  func bytes(size: PictureSize) -> [UInt8] {
    (0..<size.count).map { index in
      let place = SIMD2(Float(index % size.width), Float(index / size.width)) + 0.5 - centre
      return UInt8(clamp((reach(place) + 0.5) * 255, 0, 255))
    }
  }

  /// About how many pixels a place lies inside the edge; negative outside.
  private func reach(_ place: SIMD2<Float>) -> Float {
    let q = place / half
    let radial = pow(pow(abs(q.x), 2.6) + pow(abs(q.y), 2.6), 1 / 2.6)
    let direction = q / max(length(q), 1e-6)
    let waver = 0.075 * Noise.fractal(Vector(direction.x * 1.3, direction.y * 1.3, Float(seed)), octaves: 2)
    return (1 + waver * 2 - radial) * half.min()
  }
}
