import Testing

@testable import render_examples

@Suite("The path tracer behind the example pictures")
struct RenderExamplesTests {
  private let size = PictureSize(width: 12, height: 9)

  @Test("a picture depends on its seed, not on how its rows are shared out")
  func deterministic() async {
    let scene = Pumpkin.scene()
    let whole = await Exposure.take(of: scene, size: size, samples: 2, seed: 7)
    let tracer = PathTracer(scene: scene)
    for (index, pixel) in whole.pixels.enumerated() {
      let alone = Exposure.expose(
        tracer, x: index % size.width, y: index / size.width, size: size, samples: 2, seed: 7)
      #expect(alone.radiance == pixel.radiance)
    }
    let other = await Exposure.take(of: scene, size: size, samples: 2, seed: 8)
    #expect(zip(whole.pixels, other.pixels).contains { $0.radiance != $1.radiance })
  }

  @Test("every scene gives light, and shows its subject where it has one")
  func light() async {
    // The field's ground is mapped coarsely: the fine map takes long to work out unoptimized.
    let scenes = [Table.scene(), Teapot.scene(), Pumpkin.scene(), Field.scene(mapPitch: 0.5)]
    for scene in scenes {
      let exposure = await Exposure.take(of: scene, size: size, samples: 1, seed: 1)
      let radiance = await Denoiser().developed(exposure)
      #expect(radiance.allSatisfy { $0.sum().isFinite && $0.min() >= 0 })
      #expect(radiance.map(luminance).reduce(0, +) / Float(size.count) > 0.02)
      let covered = exposure.pixels.map(\.coverage).reduce(0, +) / Float(size.count)
      #expect(scene.bodies.contains(where: \.isSubject) ? (0.15...0.8).contains(covered) : covered == 0)
    }
  }

  @Test("the nested boxes find what asking every body finds")
  func hierarchy() {
    let scene = Table.scene()
    for index in UInt32(0)..<60 {
      var sampler = Sampler(seed: 3, pixel: 0, index: index)
      let place = sampler.pair() * SIMD2(Float(size.width), Float(size.height))
      let ray = scene.camera.ray(through: place, of: size, lens: sampler.pair())
      let each = scene.bodies.compactMap { $0.shape.intersection(with: ray, limit: .infinity) }.min()
      #expect(scene.hierarchy.nearest(to: ray)?.distance == each)
    }
  }

  @Test("the first sixteen samples fill a four by four grid", arguments: UInt32(0)..<8)
  func stratified(pixel: UInt32) {
    let cells = (UInt32(0)..<16).map { index -> Int in
      var sampler = Sampler(seed: 1, pixel: pixel, index: index)
      _ = sampler.pair()
      let point = sampler.pair()
      return Int(point.x * 4) + 4 * Int(point.y * 4)
    }
    #expect(Set(cells) == Set(0..<16))
  }

  @Test(
    "a white surface returns no more light than it gets, and little less",
    arguments: [0.1, 0.4, 0.9] as [Float])
  func furnace(roughness: Float) {
    let surface = Surface(albedo: .one, roughness: roughness, reflectance: 0.04)
    let scattering = Scattering(surface, normal: Vector(0, 1, 0), outgoing: normalize(Vector(0.6, 0.8, 0)))
    let count: UInt32 = 2048
    let sum = (0..<count).reduce(Float(0)) { sum, index in
      var sampler = Sampler(seed: 5, pixel: 0, index: index)
      guard let direction = scattering.sample(sampler.pair(), choice: sampler.single()) else { return sum }
      let found = scattering.evaluate(direction)
      return sum + found.weight.x / found.density
    }
    #expect((0.85...1.01).contains(sum / Float(count)))
  }

  @Test("the ray through a point's place in the picture meets the point")
  func projection() {
    let camera = Camera(
      from: Vector(1, 4, 9), to: .zero, fieldOfView: 30, aperture: 0, focus: .zero)
    let point = Vector(0.7, 0.4, -1.2)
    let ray = camera.ray(through: camera.project(point, in: size), of: size, lens: .zero)
    let nearest = ray.point(at: dot(point - ray.origin, ray.direction))
    #expect(length(nearest - point) < 1e-4)
  }

  @Test("a region to paint in lies within the picture and has the shape of what is to come")
  func region() throws {
    let scene = Table.scene()
    let outline = Outline(
      around: Teapot.extent, at: Table.freePlace, seenBy: scene.camera, of: Table.size, seed: 5)
    let inside = outline.bytes(size: Table.size).indices { $0 >= 128 }.ranges.flatMap { $0 }
    let columns = inside.map { $0 % Table.size.width }
    let rows = inside.map { $0 / Table.size.width }
    let left = try #require(columns.min())
    let right = try #require(columns.max())
    let top = try #require(rows.min())
    let bottom = try #require(rows.max())
    #expect(left > 0 && right < Table.size.width - 1 && top > 0 && bottom < Table.size.height - 1)
    let shape = Float(right - left) / Float(bottom - top)
    #expect(abs(shape / (Teapot.extent.x / Teapot.extent.y) - 1) < 0.25)
  }
}
