import Training

/// What is seen at each point of a finer lattice: the nearest triangle, found with a depth buffer.
struct VisibilityBuffer {
  /// Lattice points along a pixel's side.
  static let fineness = 2

  /// One triangle's place at a lattice point.
  struct Hit {
    var body: Int32 = -1
    var triangle: Int32 = 0
    /// The second and third corners' shares, on the picture.
    var second: Float = 0
    var third: Float = 0
  }

  /// The pixels that bodies can be seen in.
  let region: PixelBox
  private var hits: [Hit]
  private var nearness: [Float]
  private var projected: [[Vector]] = []
  private let fine: PixelSize

  /// A buffer for these bodies, which are drawn in order.
  init(_ bodies: [Body], _ camera: Camera, _ size: PixelSize) {
    let bounds = bodies.map { camera.bounds($0.positions) }
    let low = bounds.reduce(SIMD2(Float(size.width), Float(size.height))) { pointwiseMin($0, $1.low) }
    let high = bounds.reduce(SIMD2<Float>.zero) { pointwiseMax($0, $1.high) }
    let (x, y) = (max(0, Int(max(low.x, 0))), max(0, Int(max(low.y, 0))))
    region = PixelBox(
      x: x, y: y, width: max(0, Int(min(high.x + 1, Float(size.width))) - x),
      height: max(0, Int(min(high.y + 1, Float(size.height))) - y))
    fine = PixelSize(region.width * Self.fineness, region.height * Self.fineness)
    hits = Array(repeating: Hit(), count: fine.width * fine.height)
    nearness = Array(repeating: 0, count: fine.width * fine.height)
    for body in bodies { draw(body, camera) }
  }

  /// Whether bodies hide the whole pixel.
  func hides(_ column: Int, _ row: Int) -> Bool {
    guard column >= region.x, row >= region.y, column < region.right, row < region.bottom else {
      return false
    }
    let corner = (row &- region.y) &* Self.fineness &* fine.width &+ (column &- region.x) &* Self.fineness
    for line in 0..<Self.fineness {
      for place in 0..<Self.fineness where hits[corner &+ line &* fine.width &+ place].body < 0 {
        return false
      }
    }
    return true
  }

  /// What is seen at a part of a pixel of the region, parts row after row; nil for the backdrop.
  @inline(__always)
  func hit(_ column: Int, _ row: Int, part: Int) -> Hit? {
    let x = (column - region.x) * Self.fineness + part % Self.fineness
    let y = (row - region.y) * Self.fineness + part / Self.fineness
    let hit = hits[y * fine.width + x]
    return hit.body >= 0 ? hit : nil
  }

  private mutating func draw(_ body: Body, _ camera: Camera) {
    let number = Int32(projected.count)
    let scale = Vector(Float(Self.fineness), Float(Self.fineness), 1)
    let corner = Vector(Float(region.x), Float(region.y), 0)
    let places = body.positions.map { (camera.project($0) - corner) * scale }
    projected.append(places)
    let (coats, vertices) = (body.model.coats, body.model.mesh.vertices)
    for (index, triangle) in body.model.mesh.triangles.enumerated() {
      let (i, j, k) = (Int(triangle.a), Int(triangle.b), Int(triangle.c))
      let (a, b, c) = (places[i], places[j], places[k])
      let isCut = coats[Int(triangle.coat)].stencil != nil
      let span = TriangleSpan(SIMD2(a.x, a.y), SIMD2(b.x, b.y), SIMD2(c.x, c.y))
      span.visit(width: fine.width, height: fine.height) { point, share in
        let near = a.z * share.x + b.z * share.y + c.z * share.z
        guard near > nearness[point] else { return }
        if isCut {
          let place = vertices[i].coat * share.x + vertices[j].coat * share.y + vertices[k].coat * share.z
          guard coats[Int(triangle.coat)].covers(place) else { return }
        }
        nearness[point] = near
        hits[point] = Hit(body: number, triangle: Int32(index), second: share.y, third: share.z)
      }
    }
  }

  /// The corners' shares on the surface, perspective taken out.
  @inline(__always)
  func shares(_ hit: Hit, _ triangle: Mesh.Triangle) -> Vector {
    let body = Int(hit.body)
    let weights = Vector(
      (1 - hit.second - hit.third) * projected[body][Int(triangle.a)].z,
      hit.second * projected[body][Int(triangle.b)].z, hit.third * projected[body][Int(triangle.c)].z)
    return weights / (weights.x + weights.y + weights.z)
  }
}
