/// What is seen at each point of a finer lattice: the nearest triangle, found with a depth buffer.
struct Canvas {
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

  let size: PixelSize
  private(set) var hits: [Hit]
  private var nearness: [Float]
  private var projected: [[Vector]] = []
  private let fine: PixelSize

  init(_ size: PixelSize) {
    self.size = size
    fine = PixelSize(size.width * Self.fineness, size.height * Self.fineness)
    hits = Array(repeating: Hit(), count: fine.width * fine.height)
    nearness = Array(repeating: 0, count: fine.width * fine.height)
  }

  /// Draws the next body; bodies are numbered from 0.
  mutating func draw(_ body: Body, _ camera: Camera) {
    let number = Int32(projected.count)
    let scale = Vector(Float(Self.fineness), Float(Self.fineness), 1)
    let places = body.positions.map { camera.project($0) * scale }
    projected.append(places)
    let (coats, vertices) = (body.model.coats, body.model.mesh.vertices)
    for (index, triangle) in body.model.mesh.triangles.enumerated() {
      let (i, j, k) = (Int(triangle.a), Int(triangle.b), Int(triangle.c))
      let (a, b, c) = (places[i], places[j], places[k])
      let stencil = coats[Int(triangle.coat)].stencil
      let span = TriangleSpan(SIMD2(a.x, a.y), SIMD2(b.x, b.y), SIMD2(c.x, c.y))
      span.visit(width: fine.width, height: fine.height) { point, share in
        let near = a.z * share.x + b.z * share.y + c.z * share.z
        guard near > nearness[point] else { return }
        if let stencil {
          let place = vertices[i].coat * share.x + vertices[j].coat * share.y + vertices[k].coat * share.z
          guard stencil.value(place) > 0 else { return }
        }
        nearness[point] = near
        hits[point] = Hit(body: number, triangle: Int32(index), second: share.y, third: share.z)
      }
    }
  }

  /// The corners' shares on the surface, perspective taken out.
  @inline(__always)
  func shares(_ hit: Hit, _ triangle: Mesh.Triangle) -> Vector {
    projected.withUnsafeBufferPointer { projected in
      let places = projected[Int(hit.body)]
      let weights = Vector(
        (1 - hit.second - hit.third) * places[Int(triangle.a)].z, hit.second * places[Int(triangle.b)].z,
        hit.third * places[Int(triangle.c)].z)
      return weights / (weights.x + weights.y + weights.z)
    }
  }
}
