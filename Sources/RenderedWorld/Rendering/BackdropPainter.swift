import Training

/// Paints what lies behind the bodies.
struct BackdropPainter {
  let backdrop: Backdrop
  let light: Light
  let camera: Camera
  let size: PixelSize
  /// What takes the light's and the sky's part from the ground.
  let shadows: [ShadowMap]
  let overhead: [ShadowMap]

  /// How wide the edge is at which the ground ends, in pixels either way.
  private var soft: Float { max(0.6, backdrop.blur * Float(size.width) / 128 * 0.6) }

  /// Linear RGB of every pixel.
  /// - Parameter isHidden: whether nothing can be seen of the pixel at a column and row; it stays black.
  func painted(except isHidden: (Int, Int) -> Bool) -> [Vector] {
    let far = distant()
    let soft = soft
    var pixels: [Vector] = []
    pixels.reserveCapacity(size.width * size.height)
    for row in 0..<size.height {
      for column in 0..<size.width {
        guard !isHidden(column, row) else {
          pixels.append(.zero)
          continue
        }
        let (x, y) = (Float(column) + 0.5, Float(row) + 0.5)
        let way = camera.ray(x, y)
        // How many pixels above the ground's end.
        let above = height(way)
        let share = smoothstep(-soft, soft, above)
        var colour = share > 0 ? far.colour(x, y) * share : .zero
        if share < 1 { colour += groundColour(way) * (1 - share) }
        pixels.append(colour)
      }
    }
    return pixels
  }

  /// How far above the line where the ground ends a ray meets what is behind, in pixels.
  private func height(_ way: Vector) -> Float {
    guard let hit = wallHit(way) else { return way.y * camera.focal - 0.5 }
    return (camera.eye.y + way.y * hit) / hit * camera.focal
  }

  /// How far along the ray the wall is; nil for open country.
  private func wallHit(_ way: Vector) -> Float? {
    switch backdrop.distance {
    case .wall(_, let distance), .sweep(let distance):
      return (-distance - camera.eye.z) / min(way.z, -1e-3)
    case .sky: return nil
    }
  }

  private func groundColour(_ way: Vector) -> Vector {
    // Where the edge is soft, rays that would miss the ground take its farthest part.
    var reach = camera.eye.y / max(-way.y, 0.02)
    if let wall = wallHit(way) { reach = min(reach, wall) }
    let point = camera.eye + way * reach
    let slope = max(0.05, -way.y)
    let blur = 1 + 0.25 * backdrop.blur * max(0, reach / max(length(camera.eye), 1) - 1)
    let footprint = reach / camera.focal / min(1, slope * 2) * blur
    let place = SIMD2(point.x, point.z)
    var albedo = backdrop.ground.albedo(place, footprint: footprint)
    var (key, around): (Float, Float) = (backdrop.dappled(place), 1)
    for index in shadows.indices { key *= shadows[index].light(at: Vector(point.x, 0, point.z)) }
    for index in overhead.indices {
      around *= 0.12 + 0.88 * overhead[index].light(at: Vector(point.x, 0, point.z))
    }
    // Far off the air lightens the ground.
    if case .sky(let horizon, _, _) = backdrop.distance {
      albedo = mix(albedo, horizon * 0.8, clamp(0.02 * (reach - 8)))
    }
    return albedo * (light.colour * (max(0, light.direction.y) * key) + light.sky * around)
  }

  /// The wall or the sky on a coarse lattice: it is out of focus.
  private func distant() -> CoarsePlane {
    let step = max(1, Int((backdrop.blur * Float(size.width) / 128).rounded()))
    let lowest = -soft - 2 * Float(step)
    return CoarsePlane(size, step: step) { x, y in
      let way = camera.ray(x, y)
      // Deep in the ground nothing of it is seen.
      guard height(way) > lowest else { return .zero }
      switch backdrop.distance {
      case .sky(let horizon, let zenith, let hills):
        return backdrop.country(way, horizon: horizon, zenith: zenith, hills: hills) * brightness
      case .wall(let texture, _): return wallColour(way, texture, step: Float(step))
      case .sweep: return sweepColour(way)
      }
    }
  }

  /// Open country is as bright as the light upon it.
  private var brightness: Float { dot(light.colour + light.sky, Vector(0.3, 0.5, 0.2)) }

  private func wallColour(_ way: Vector, _ texture: Texture, step: Float) -> Vector {
    let hit = wallHit(way) ?? 1
    let point = camera.eye + way * hit
    let place = SIMD2(point.x, max(point.y, 0))
    let footprint = hit / camera.focal * step
    let soft = footprint * 1.5
    let albedo = backdrop.cluttered(texture.albedo(place, footprint: footprint), place, soft: soft)
    var key = max(0.12, light.direction.z) * backdrop.dappled(place)
    for index in shadows.indices { key *= shadows[index].light(at: point) }
    let corner = 0.7 + 0.3 * smoothstep(0, 0.8, place.y)
    let fall = 1.05 + 0.3 * Noise.fractal(place * 0.3, octaves: 1, seed: backdrop.seed)
    return albedo * (light.colour * key + light.sky * corner) * fall
  }

  private func sweepColour(_ way: Vector) -> Vector {
    let hit = wallHit(way) ?? 1
    let point = camera.eye + way * hit
    let bend = smoothstep(0, 1.2, point.y)
    let facing = mix(
      max(0, light.direction.y), max(0.15, light.direction.z * 0.8 + light.direction.y * 0.2), bend)
    let albedo = backdrop.ground.albedo(SIMD2(point.x, -point.y), footprint: hit / camera.focal)
    return albedo * (light.colour * facing + light.sky) * (1 - 0.12 * bend)
  }
}

/// Colours on a lattice some pixels wide, with smooth ones between.
struct CoarsePlane {
  private let step: Int
  private let columns: Int
  private let colours: [Vector]

  init(_ size: PixelSize, step: Int, _ colour: (Float, Float) -> Vector) {
    self.step = step
    columns = size.width / step + 2
    let rows = size.height / step + 2
    colours = (0..<columns * rows).map { [columns] index in
      colour(Float(index % columns * step), Float(index / columns * step))
    }
  }

  @inline(__always)
  func colour(_ x: Float, _ y: Float) -> Vector {
    let p = SIMD2(x, y) / Float(step)
    let (column, row) = (Int(p.x), Int(p.y))
    let raw = SIMD2(p.x - Float(column), p.y - Float(row))
    let t = step > 1 ? raw * raw * (3 - 2 * raw) : raw
    return colours.withUnsafeBufferPointer { colours in
      let corner = row * columns + column
      return mix(
        mix(colours[corner], colours[corner + 1], t.x),
        mix(colours[corner + columns], colours[corner + columns + 1], t.x), t.y)
    }
  }
}
