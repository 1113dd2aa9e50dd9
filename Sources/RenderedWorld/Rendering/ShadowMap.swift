/// What a body takes from the light that comes from one direction: its outline as the light sees it, sharp and at
/// several widths of blur. The farther a place lies behind the body, the wider the blur it asks for.
struct ShadowMap {
  private static let inner = 40
  private static let border = 16
  static let side = inner + 2 * border
  /// Half the width of each blur, in cells.
  private static let reaches: [Int] = [1, 3, 6, 12]

  private let direction: Vector
  private let u: Vector
  private let v: Vector
  private let origin: SIMD2<Float>
  private let cellsPerUnit: Float
  private let softness: Float
  /// How near the light and how far from it the body is, at each cell; −∞ and ∞ outside.
  private var top: [Float]
  private var bottom: [Float]
  /// Outlines of growing blur.
  private var covers: [[Float]] = []
  /// The far side's height times the cover, blurred like the third cover.
  private var heights: [Float] = []

  init(_ body: Body, towards direction: Vector, softness: Float) {
    self.direction = direction
    self.softness = softness
    u = normalize(cross(abs(direction.y) < 0.95 ? Vector(0, 1, 0) : Vector(1, 0, 0), direction))
    v = cross(direction, u)
    let flat = body.positions.map { [u, v] in SIMD2(dot($0, u), dot($0, v)) }
    var (low, high) = (flat[0], flat[0])
    for place in flat { (low, high) = (pointwiseMin(low, place), pointwiseMax(high, place)) }
    cellsPerUnit = Float(Self.inner) / max((high - low).max(), 1e-3)
    let middle = (low + high) / 2
    origin = middle - Float(Self.side) / (2 * cellsPerUnit)
    top = Array(repeating: -.infinity, count: Self.side * Self.side)
    bottom = Array(repeating: .infinity, count: Self.side * Self.side)
    draw(body, flat)
    blur()
  }

  private mutating func draw(_ body: Body, _ flat: [SIMD2<Float>]) {
    let coats = body.model.coats
    let vertices = body.model.mesh.vertices
    let places = flat.map { ($0 - origin) * cellsPerUnit }
    let heights = body.positions.map { dot($0, direction) }
    for triangle in body.model.mesh.triangles {
      let (a, b, c) = (Int(triangle.a), Int(triangle.b), Int(triangle.c))
      let isCut = coats[Int(triangle.coat)].stencil != nil
      TriangleSpan(places[a], places[b], places[c]).visit(width: Self.side, height: Self.side) {
        index, share in
        if isCut {
          let place = vertices[a].coat * share.x + vertices[b].coat * share.y + vertices[c].coat * share.z
          guard coats[Int(triangle.coat)].covers(place) else { return }
        }
        let height = heights[a] * share.x + heights[b] * share.y + heights[c] * share.z
        top[index] = max(top[index], height)
        bottom[index] = min(bottom[index], height)
      }
    }
  }

  private mutating func blur() {
    let sharp = top.map { $0 > -.infinity ? Float(1) : 0 }
    covers = Self.reaches.map { BoxBlur.blurred(sharp, side: Self.side, reach: $0) }
    heights = BoxBlur.blurred(
      bottom.map { $0 < .infinity ? $0 : 0 }, side: Self.side, reach: Self.reaches[2])
  }

  /// The share of light that reaches a place outside the body, 0…1.
  func light(at point: Vector) -> Float {
    let place = (SIMD2(dot(point, u), dot(point, v)) - origin) * cellsPerUnit - 0.5
    let limit = Float(Self.side - 2)
    guard place.x >= 0, place.y >= 0, place.x < limit, place.y < limit else { return 1 }
    let cover = Self.sample(covers[2], place)
    guard cover > 1e-3 else { return 1 }
    let gap = Self.sample(heights, place) / cover - dot(point, direction)
    guard gap > -0.25 else { return 1 }
    // The least width hides the map's cells.
    let width = max(0.8, max(0, gap) * softness * cellsPerUnit * 0.5)
    var level = 0
    while level < 2, width > Float(Self.reaches[level + 1]) { level += 1 }
    let (near, far) = (Float(Self.reaches[level]), Float(Self.reaches[level + 1]))
    let share = clamp((width - near) / (far - near))
    let shade = mix(Self.sample(covers[level], place), Self.sample(covers[level + 1], place), share)
    // Beyond the widest blur the shadow thins out.
    let thin = min(1, far / width)
    return 1 - shade * (level == 2 ? thin * thin : 1) * smoothstep(-0.25, -0.05, gap)
  }

  /// The share of light that the body itself leaves at a place on it, 0…1.
  func selfLight(at point: Vector, normal: Vector) -> Float {
    let lifted = point + normal * 0.03
    let place = (SIMD2(dot(lifted, u), dot(lifted, v)) - origin) * cellsPerUnit - 0.5
    let height = dot(lifted, direction) + 0.045
    let (x, y) = (Int(place.x), Int(place.y))
    guard x >= 0, y >= 0, x < Self.side - 2, y < Self.side - 2 else { return 1 }
    let (s, t) = (place.x - Float(x), place.y - Float(y))
    return top.withUnsafeBufferPointer { top in
      let corner = y * Self.side + x
      let free = { (index: Int) -> Float in smoothstep(0.06, 0, top[index] - height) }
      let low = mix(free(corner), free(corner + 1), s)
      return mix(low, mix(free(corner + Self.side), free(corner + Self.side + 1), s), t)
    }
  }

  @inline(__always)
  private static func sample(_ plane: [Float], _ place: SIMD2<Float>) -> Float {
    let (x, y) = (Int(place.x), Int(place.y))
    let (s, t) = (place.x - Float(x), place.y - Float(y))
    return plane.withUnsafeBufferPointer { plane in
      let corner = y * side + x
      return mix(
        mix(plane[corner], plane[corner + 1], s), mix(plane[corner + side], plane[corner + side + 1], s), t)
    }
  }
}

/// Means of squares, taken twice, which is near a Gaussian.
enum BoxBlur {
  static func blurred(_ plane: [Float], side: Int, reach: Int) -> [Float] {
    var (one, two) = (plane, plane)
    for _ in 0..<2 {
      sweep(&one, into: &two, side: side, reach: reach, step: 1, stride: side)
      sweep(&two, into: &one, side: side, reach: reach, step: side, stride: 1)
    }
    return one
  }

  private static func sweep(
    _ source: inout [Float], into target: inout [Float], side: Int, reach: Int, step: Int, stride: Int
  ) {
    let scale = 1 / Float(2 * reach + 1)
    source.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        for line in 0..<side {
          let start = line &* stride
          let ahead = reach &* step
          var (sum, place): (Float, Int) = (0, start)
          for _ in 0..<reach {
            sum += source[place]
            place = place &+ step
          }
          place = start
          for index in 0..<side {
            if index &+ reach < side { sum += source[place &+ ahead] }
            if index > reach { sum -= source[place &- ahead &- step] }
            target[place] = sum * scale
            place = place &+ step
          }
        }
      }
    }
  }
}
