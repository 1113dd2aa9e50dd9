extension Mesh {
  /// A body turned on a lathe about the y axis.
  /// - Parameters:
  ///   - profile: radius and height from bottom to top, at least two points; drawn as a smooth curve when `isSmooth`.
  ///   - ribs: how strongly the radius swings around, and how many times.
  mutating func addLathe(
    _ profile: [SIMD2<Float>], coat: Int, _ transform: Transform = .identity, isSmooth: Bool = true,
    ribs: (depth: Float, count: Int) = (0, 0), around: Int = 22
  ) {
    let points = isSmooth ? Curve.smooth(profile, pieces: max(1, 16 / (profile.count - 1))) : profile
    guard isSmooth else {
      // A band for each piece, so that edges stay sharp.
      for index in 1..<points.count {
        addLatheBand([points[index - 1], points[index]], coat: coat, transform, ribs: ribs, around: around)
      }
      return
    }
    addLatheBand(points, coat: coat, transform, ribs: ribs, around: around)
  }

  private mutating func addLatheBand(
    _ points: [SIMD2<Float>], coat: Int, _ transform: Transform, ribs: (depth: Float, count: Int), around: Int
  ) {
    let rows = points.count - 1
    let columns = ribs.count > 0 ? max(around, ribs.count * 5) : around
    addLattice(columns, rows, coat: coat, transform) { u, v in
      let angle = 2 * Float.pi * u
      let (s, c) = (Portable.sine(angle), Portable.cosine(angle))
      let index = Int(v * Float(rows) + 0.5)
      let (before, after) = (points[max(index - 1, 0)], points[min(index + 1, rows)])
      let along = after - before
      let swing = ribs.depth * Portable.cosine(angle * Float(ribs.count))
      let slope = -ribs.depth * Float(ribs.count) * Portable.sine(angle * Float(ribs.count))
      let radius = points[index].x * (1 + swing)
      let out = Vector(c, 0, s) - Vector(-s, 0, c) * slope
      return (
        Vector(c * radius, points[index].y, s * radius),
        normalize(out * along.y + Vector(0, -along.x, 0))
      )
    }
  }

  /// An ellipsoid about a centre.
  mutating func addBall(
    _ centre: Vector, _ radii: Vector, coat: Int, _ transform: Transform = .identity, around: Int = 20
  ) {
    addLattice(around, around * 3 / 5, coat: coat, transform) { u, v in
      let (angle, rise) = (2 * Float.pi * u, Float.pi * (v - 0.5))
      let c = Portable.cosine(rise)
      let direction = Vector(Portable.cosine(angle) * c, Portable.sine(rise), Portable.sine(angle) * c)
      return (centre + direction * radii, normalize(direction / radii))
    }
  }

  /// A round rod between two points with closed ends.
  mutating func addRod(
    from a: Vector, to b: Vector, radius: Float, tip: Float? = nil, coat: Int,
    _ transform: Transform = .identity, around: Int = 12
  ) {
    let axis = normalize(b - a)
    let side = normalize(cross(axis, abs(axis.y) < 0.9 ? Vector(0, 1, 0) : Vector(1, 0, 0)))
    let frame = Transform(x: side, y: axis, z: cross(side, axis), shift: a).then(transform)
    let (height, end) = (length(b - a), tip ?? radius)
    // A pointed rod has no upper face.
    let cap = end > 0 ? [SIMD2(0, height)] : []
    addLathe(
      [SIMD2(0, 0), SIMD2(radius, 0), SIMD2(end, height)] + cap, coat: coat, frame, isSmooth: false,
      around: around)
  }

  /// A round tube along a path, its ends rounded off.
  /// - Parameter radius: at each share 0…1 of the path.
  mutating func addTube(
    _ path: [Vector], coat: Int, _ transform: Transform = .identity, around: Int = 12, pieces: Int = 16,
    radius: (Float) -> Float
  ) {
    let spine = Curve.smooth(path, pieces: max(1, pieces / (path.count - 1)))
    let last = spine.count - 1
    var side = Vector(0.13, 0.92, 0.37)
    let frames = spine.indices.map { index -> (Vector, Vector) in
      let along = normalize(spine[min(index + 1, last)] - spine[max(index - 1, 0)])
      side = normalize(side - along * dot(side, along))
      return (side, cross(along, side))
    }
    addLattice(around, last, coat: coat, transform) { u, v in
      let index = Int(v * Float(last) + 0.5)
      let angle = 2 * Float.pi * u
      let out = frames[index].0 * Portable.cosine(angle) + frames[index].1 * Portable.sine(angle)
      return (spine[index] + out * radius(v), out)
    }
  }

  /// A ring about the y axis.
  mutating func addRing(
    radius: Float, thickness: Float, coat: Int, _ transform: Transform = .identity, flat: Float = 1
  ) {
    addLattice(30, 14, coat: coat, transform) { u, v in
      let (angle, about) = (2 * Float.pi * u, 2 * Float.pi * v)
      let out = Vector(Portable.cosine(angle), 0, Portable.sine(angle))
      let (c, s) = (Portable.cosine(about), Portable.sine(about))
      return (
        out * (radius + thickness * c) + Vector(0, thickness * flat * s, 0),
        normalize(out * c * flat + Vector(0, s, 0))
      )
    }
  }

  /// A block about a centre.
  mutating func addBlock(
    _ centre: Vector, _ half: Vector, coat: Int, top: Float = 1, _ transform: Transform = .identity
  ) {
    let corners = (0..<8).map { index -> Vector in
      let sign = Vector(index & 1 == 0 ? -1 : 1, index & 2 == 0 ? -1 : 1, index & 4 == 0 ? -1 : 1)
      let narrow = sign.y > 0 ? Vector(top, 1, top) : Vector(1, 1, 1)
      return centre + sign * half * narrow
    }
    for face in [[0, 2, 3, 1], [4, 5, 7, 6], [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3]] {
      addFace(face.map { corners[$0] }, coat: coat, transform)
    }
  }

  /// A flat-sided body: corners of the base polygon drawn up to another height and scale.
  mutating func addPrism(
    _ base: [SIMD2<Float>], from low: Float, to high: Float, narrowing: Float = 1, coat: Int, cap: Int? = nil,
    _ transform: Transform = .identity
  ) {
    let bottom = base.map { Vector($0.x, low, $0.y) }
    let top = base.map { Vector($0.x * narrowing, high, $0.y * narrowing) }
    for index in base.indices {
      let next = (index + 1) % base.count
      if narrowing == 0 {
        addFace([bottom[next], bottom[index], top[index]], coat: coat, transform)
      } else {
        addFace([bottom[next], bottom[index], top[index], top[next]], coat: coat, transform)
      }
    }
    addFace(bottom, coat: cap ?? coat, transform)
    if narrowing != 0 { addFace(top.reversed(), coat: cap ?? coat, transform) }
  }
}

/// Smooth curves through points.
enum Curve {
  /// Catmull and Rom's curve: passes every point, `pieces` steps between two.
  static func smooth<Place: SIMD>(_ points: [Place], pieces: Int) -> [Place] where Place.Scalar == Float {
    var curve: [Place] = []
    let last = points.count - 1
    for index in 0..<last {
      let (a, b) = (points[max(index - 1, 0)], points[index])
      let (c, d) = (points[index + 1], points[min(index + 2, last)])
      for piece in 0..<pieces {
        let t = Float(piece) / Float(pieces)
        let linear = (c - a) * t
        let square = (a * 2 - b * 5 + c * 4 - d) * (t * t)
        let cube = (b * 3 - a - c * 3 + d) * (t * t * t)
        curve.append(b + (linear + square + cube) * 0.5)
      }
    }
    return curve + [points[last]]
  }
}
