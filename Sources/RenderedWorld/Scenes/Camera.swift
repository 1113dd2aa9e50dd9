import Training

/// A camera on a tripod, its film shifted so that the subject lies where it is wanted.
struct Camera {
  let eye: Vector
  let right: Vector
  let up: Vector
  let forward: Vector
  /// Pixels for a slope of 1.
  var focal: Float = 1
  /// The pixel straight ahead.
  var centre = SIMD2<Float>.zero

  /// Looks at `target` from a distance and a height angle, from the side of positive z.
  init(target: Vector, distance: Float, pitch: Float, roll: Float) {
    let (s, c) = (Portable.sine(pitch), Portable.cosine(pitch))
    forward = Vector(0, -s, -c)
    eye = target - forward * distance
    let (sr, cr) = (Portable.sine(roll), Portable.cosine(roll))
    let (x, y) = (Vector(1, 0, 0), Vector(0, c, -s))
    right = x * cr + y * sr
    up = y * cr - x * sr
  }

  /// Column, row, and the reciprocal of the depth.
  @inline(__always)
  func project(_ point: Vector) -> Vector {
    let offset = point - eye
    let nearness = 1 / max(dot(offset, forward), 1e-3)
    return Vector(
      centre.x + focal * dot(offset, right) * nearness, centre.y - focal * dot(offset, up) * nearness,
      nearness)
  }

  /// The ray through a place on the picture; its share along `forward` is 1.
  @inline(__always)
  func ray(_ x: Float, _ y: Float) -> Vector {
    forward + right * ((x - centre.x) / focal) - up * ((y - centre.y) / focal)
  }

  /// Where points lie on the picture: least and greatest column and row.
  func bounds(_ points: [Vector]) -> (low: SIMD2<Float>, high: SIMD2<Float>) {
    var (low, high) = (SIMD2<Float>(repeating: .infinity), SIMD2<Float>(repeating: -.infinity))
    for point in points {
      let place = project(point)
      low = pointwiseMin(low, SIMD2(place.x, place.y))
      high = pointwiseMax(high, SIMD2(place.x, place.y))
    }
    return (low, high)
  }

  /// Sets focal length and centre so that the points' box covers `share` of the picture's area and lies inside.
  /// - Parameters:
  ///   - lean: where in the free space the box lies, 0…1 along both axes.
  ///   - margin: pixels kept free at every edge.
  mutating func frame(
    _ points: [Vector], share: Float, lean: SIMD2<Float>, size: PixelSize, margin: Float
  ) {
    (focal, centre) = (1, .zero)
    let (low, high) = bounds(points)
    let extent = high - low
    let frame = SIMD2(Float(size.width), Float(size.height))
    let wanted = (share * frame.x * frame.y / (extent.x * extent.y)).squareRoot()
    let free = frame - 2 * margin
    focal = min(wanted, min(free.x / extent.x, free.y / extent.y) * 0.98)
    centre = margin + (free - extent * focal) * lean - low * focal
  }
}
