/// The size of a picture in pixels.
struct PictureSize: Sendable {
  let width: Int
  let height: Int

  var count: Int { width * height }
}

/// What the film holds for one pixel: means over its samples.
struct ExposedPixel: Sendable {
  var radiance: Vector = .zero
  var albedo: Vector = .zero
  var normal: Vector = .zero
  var position: Vector = .zero
  /// Share of the pixel the subject covers.
  var coverage: Float = 0
  /// Variance of the mean brightness, base colour taken out.
  var variance: Float = 0
}

/// An exposed film, row by row from the top.
struct Exposure: Sendable {
  let size: PictureSize
  var pixels: [ExposedPixel]

  /// Takes a picture. The result depends on the arguments alone, however many threads share the work.
  static func take(of scene: Scene, size: PictureSize, samples: Int, seed: UInt32) async -> Exposure {
    let tracer = PathTracer(scene: scene)
    let rows = await withTaskGroup(of: (Int, [ExposedPixel]).self) { group in
      for y in 0..<size.height {
        group.addTask {
          (y, (0..<size.width).map { expose(tracer, x: $0, y: y, size: size, samples: samples, seed: seed) })
        }
      }
      var rows = [[ExposedPixel]](repeating: [], count: size.height)
      for await (y, row) in group { rows[y] = row }
      return rows
    }
    return Exposure(size: size, pixels: rows.flatMap { $0 })
  }

  /// One pixel.
  static func expose(
    _ tracer: PathTracer, x: Int, y: Int, size: PictureSize, samples: Int, seed: UInt32
  ) -> ExposedPixel {
    var sum = ExposedPixel()
    var squares: Float = 0
    var brightness: Float = 0
    for index in 0..<samples {
      var sampler = Sampler(seed: seed, pixel: UInt32(y * size.width + x), index: UInt32(index))
      let place = SIMD2(Float(x), Float(y)) + 0.5 + tent(sampler.pair())
      let ray = tracer.scene.camera.ray(through: place, of: size, lens: sampler.pair())
      let path = tracer.trace(ray, &sampler)
      sum.radiance += path.radiance
      sum.albedo += path.albedo
      sum.normal += path.normal
      sum.position += path.position
      sum.coverage += path.isSubject ? 1 : 0
      let light = luminance(path.radiance / (path.albedo + Denoiser.darkest))
      brightness += light
      squares += light * light
    }
    let count = Float(samples)
    sum.radiance /= count
    sum.albedo /= count
    sum.normal /= count
    sum.position /= count
    sum.coverage /= count
    let mean = brightness / count
    sum.variance = max(0, squares / count - mean * mean) / count
    return sum
  }

  /// Spreads a pair of numbers in 0..<1 over −1...1, most densely in the middle.
  private static func tent(_ u: SIMD2<Float>) -> SIMD2<Float> {
    func bend(_ x: Float) -> Float {
      x < 0.5 ? (2 * x).squareRoot() - 1 : 1 - (2 - 2 * x).squareRoot()
    }
    return SIMD2(bend(u.x), bend(u.y))
  }
}
