package import Tensors

/// Blended Diffusion: paints into a picture's hole what CLIP is to see there, in pixels, by a denoiser that knows no
/// texts.
///
/// Source: Avrahami, Lischinski and Fried 2022; see `BlendingObjective`.
package struct BlendedDiffusion: Sendable {
  /// How a picture is painted. The standard values are the authors'.
  package struct Options: Sendable {
    /// Steps of a run from noise alone.
    package var steps = 100
    /// How many of the first of them are left out; the run starts from the scene with as much noise.
    package var skipped = 25
    /// Samples, of which the first is the one that CLIP finds best.
    package var samples = 1
    /// Seed of the first sample; the next has the next.
    package var seed = 404
    /// Whether values are computed anew on the way back instead of being kept.
    package var recomputes = false

    /// The authors', and one sample.
    package init() {}
  }

  /// A finished sample.
  package struct Result: Sendable {
    /// The clean picture in the hole, the scene around it.
    package let picture: PixelPlanes
    /// How far it is from the guide to CLIP; the less the better.
    package let distance: Float
    /// The seed that makes it.
    package let seed: Int
  }

  private let objective: BlendingObjective
  private let options: Options
  private let step: any GradientExecutable
  private let ranking: any Executable

  /// Compiles the networks.
  ///
  /// - Parameters:
  ///   - weights: of the denoiser, of CLIP's vision tower and, where the objective has it, of LPIPS.
  package init(
    _ objective: BlendingObjective,
    weights: (denoiser: Checkpoint, seer: Checkpoint, background: Checkpoint?),
    _ options: Options, engine: any GradientEngine, _ precision: Precision
  ) async throws {
    (self.objective, self.options) = (objective, options)
    let compiling = CompileOptions(precision: precision)
    step = try await engine.compile(
      objective.graph(weights.denoiser, weights.seer, weights.background), differentiating: "loss",
      options: compiling, recomputes: options.recomputes)
    ranking = try await engine.compile(objective.rankingGraph(weights.seer), options: compiling)
  }

  /// The samples, the best first.
  ///
  /// - Parameters:
  ///   - scene: of the denoiser's size.
  ///   - hole: 1 where is painted, 0 where the scene stays, for every pixel.
  ///   - guide: CLIP's embedding of a text or a picture.
  ///   - progress: called before each step with the steps that are done, of so many; may throw to end the run.
  package func run(
    scene: PixelPlanes, hole: [Float], guide: [Float], progress: (_ done: Int, _ total: Int) throws -> Void
  ) async throws -> [Result] {
    let schedule = AncestralSchedule(count: options.steps, skipped: options.skipped)
    let total = options.samples * schedule.steps.count
    var results: [Result] = []
    for number in 0..<options.samples {
      let seed = options.seed + number
      var sample = BlendedSample(
        objective, step, schedule, scene: scene, hole: hole, guide: guide, seed: seed)
      // Views are drawn from numbers of their own, so that how many there are changes no noise.
      var generator = TorchGenerator(seed: ~seed)
      for _ in schedule.steps {
        try progress(number * schedule.steps.count + sample.position, total)
        let size = objective.seer.configuration.imageSize
        let others = (1..<objective.views).map { _ in PictureView.random(size: size, &generator) }
        try await sample.advance(seenIn: [PictureView()] + others)
      }
      results.append(
        Result(
          picture: PixelPlanes(width: scene.width, height: scene.height, values: sample.picture),
          distance: try await distance(of: sample.picture, hole, guide), seed: seed))
    }
    return results.sorted { $0.distance < $1.distance }
  }

  /// How far what is in the hole is from the guide.
  private func distance(of picture: [Float], _ hole: [Float], _ guide: [Float]) async throws -> Float {
    let seen = picture.enumerated().map { index, value in
      hole[index % hole.count] * min(max(value / 2 + 0.5, 0), 1)
    }
    let shape = [1, 3, objective.denoiser.height, objective.denoiser.width]
    let results = try await ranking.run([
      "picture": Tensor(seen, shape: shape), "guide": BlendingObjective.guide(guide),
    ])
    return results["distance"]!.floats[0]
  }
}
