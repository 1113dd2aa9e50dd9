/// Triangles with smooth normals; each wears one of a model's coats.
struct Mesh {
  struct Vertex {
    var position: Vector
    var normal: Vector
    /// Where on the coat: once around and once along the body is 0…1.
    var coat: SIMD2<Float>
  }

  struct Triangle {
    var a: Int32
    var b: Int32
    var c: Int32
    /// Which of the model's coats.
    var coat: Int32
  }

  var vertices: [Vertex] = []
  var triangles: [Triangle] = []

  /// Adds a lattice of (columns + 1) × (rows + 1) vertices, two triangles a cell.
  /// - Parameters:
  ///   - point: place and outward normal at (u, v) in 0…1.
  ///   - keeps: whether a cell, named by its corner with the least u and v, is wanted.
  mutating func addLattice(
    _ columns: Int, _ rows: Int, coat: Int, _ transform: Transform = .identity,
    keeps: (Int, Int) -> Bool = { _, _ in true }, point: (Float, Float) -> (Vector, Vector)
  ) {
    let start = Int32(vertices.count)
    for row in 0...rows {
      for column in 0...columns {
        let (u, v) = (Float(column) / Float(columns), Float(row) / Float(rows))
        let (position, normal) = point(u, v)
        vertices.append(
          Vertex(
            position: transform.point(position), normal: transform.normal(normal), coat: SIMD2(u, v)))
      }
    }
    let stride = Int32(columns + 1)
    for row in 0..<rows {
      for column in 0..<columns where keeps(column, row) {
        let corner = start + Int32(row) * stride + Int32(column)
        triangles.append(Triangle(a: corner, b: corner + 1, c: corner + stride, coat: Int32(coat)))
        triangles.append(
          Triangle(a: corner + 1, b: corner + stride + 1, c: corner + stride, coat: Int32(coat)))
      }
    }
  }

  /// Adds a flat polygon with its corners in order about `normal`.
  mutating func addFace(_ corners: [Vector], coat: Int, _ transform: Transform = .identity) {
    let flat = normalize(cross(corners[1] - corners[0], corners[2] - corners[0]))
    let start = Int32(vertices.count)
    let places: [SIMD2<Float>] =
      corners.count == 4
      ? [SIMD2(0, 0), SIMD2(1, 0), SIMD2(1, 1), SIMD2(0, 1)]
      : corners.indices.map { index in
        let angle = 2 * Float.pi * Float(index) / Float(corners.count)
        return SIMD2(0.5 + 0.5 * Portable.cosine(angle), 0.5 + 0.5 * Portable.sine(angle))
      }
    for (corner, place) in zip(corners, places) {
      vertices.append(
        Vertex(position: transform.point(corner), normal: transform.normal(flat), coat: place))
    }
    for index in 2..<corners.count {
      triangles.append(
        Triangle(a: start, b: start + Int32(index) - 1, c: start + Int32(index), coat: Int32(coat)))
    }
  }

  /// The least and greatest coordinates.
  var bounds: (low: Vector, high: Vector) {
    var low = Vector(repeating: .infinity)
    var high = Vector(repeating: -.infinity)
    for vertex in vertices {
      low = pointwiseMin(low, vertex.position)
      high = pointwiseMax(high, vertex.position)
    }
    return (low, high)
  }

  /// Every vertex moved.
  mutating func apply(_ transform: Transform) {
    for index in vertices.indices {
      vertices[index].position = transform.point(vertices[index].position)
      vertices[index].normal = transform.normal(vertices[index].normal)
    }
  }
}
