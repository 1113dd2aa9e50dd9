import Training

/// A rendered scene.
struct SceneView {
  let picture: WorldSample.Picture
  /// The target first; nil for what cannot be seen.
  let things: [WorldSample.Thing?]
  /// How much of each pixel the target covers.
  let mask: [UInt8]
}

extension Scene {
  /// The scene, rendered.
  func view(_ designs: [ObjectDesign], _ toneMapping: ToneMapping, _ choice: ToneMapping.Choice) -> SceneView
  {
    let standing = bodies.enumerated().compactMap { index, body in body.map { (index, $0) } }
    let solid = standing.map(\.1)
    let shadows = solid.map { ShadowMap($0, towards: light.direction, softness: light.softness) }
    let overhead = solid.map { ShadowMap($0, towards: Vector(0, 1, 0), softness: 1.1) }
    let painter = BackdropPainter(
      backdrop: backdrop, light: light, camera: camera, size: size, shadows: shadows, overhead: overhead)
    let visible = VisibilityBuffer(solid, camera, size)
    var pixels = painter.painted(except: visible.hides)
    let bounce = backdrop.ground.mean * (light.colour * max(0, light.direction.y) + light.sky) * 0.7
    let shading = Shading(light: light, eye: camera.eye, bounce: bounce, bodies: solid, shadows: shadows)
    var covers = solid.map { _ in Cover(size) }
    paint(visible, solid, shading, &pixels, &covers)
    var things: [WorldSample.Thing?] = designs.map { _ in nil }
    for ((index, _), cover) in zip(standing, covers) {
      things[index] = cover.box.map { WorldSample.Thing(design: designs[index], box: $0) }
    }
    return SceneView(
      picture: WorldSample.Picture(size: size, bytes: toneMapping.toneMapped(pixels, size, choice)),
      things: things, mask: covers[0].bytes)
  }

  /// Puts the bodies over the backdrop, a pixel's lattice points in equal shares.
  private func paint(
    _ visible: VisibilityBuffer, _ bodies: [Body], _ shading: Shading, _ pixels: inout [Vector],
    _ covers: inout [Cover]
  ) {
    let parts = VisibilityBuffer.fineness * VisibilityBuffer.fineness
    let share = 1 / Float(parts)
    for row in visible.region.y..<visible.region.bottom {
      for column in visible.region.x..<visible.region.right {
        var colour = Vector.zero
        var free: Float = 1
        for part in 0..<parts {
          guard let hit = visible.hit(column, row, part: part) else { continue }
          let number = Int(hit.body)
          let triangle = bodies[number].model.mesh.triangles[Int(hit.triangle)]
          // What outshines white would leave jagged edges.
          let light = shading.colour(number, triangle, visible.shares(hit, triangle))
          colour += pointwiseMin(light, Vector(repeating: 6)) * share
          free -= share
          covers[number].add(column, row, share)
        }
        guard free < 1 else { continue }
        let index = row * size.width + column
        pixels[index] = pixels[index] * free + colour
      }
    }
  }
}

/// How much of each pixel a body covers, and the box around that.
private struct Cover {
  private let size: PixelSize
  private var shares: [Float]
  private var low = SIMD2(Int.max, Int.max)
  private var high = SIMD2(-1, -1)

  init(_ size: PixelSize) {
    self.size = size
    shares = Array(repeating: 0, count: size.width * size.height)
  }

  mutating func add(_ column: Int, _ row: Int, _ share: Float) {
    shares[row * size.width + column] += share
    low = SIMD2(min(low.x, column), min(low.y, row))
    high = SIMD2(max(high.x, column), max(high.y, row))
  }

  /// The least box around every pixel that is touched; nil where none is.
  var box: PixelBox? {
    high.x < 0
      ? nil : PixelBox(x: low.x, y: low.y, width: high.x - low.x + 1, height: high.y - low.y + 1)
  }

  var bytes: [UInt8] { shares.map { UInt8(($0 * 255).rounded()) } }
}
