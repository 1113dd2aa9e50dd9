package import Tensors

/// A sample of Blended Diffusion in the middle of its run.
package struct BlendedSample: Sendable {
  private let objective: BlendingObjective
  private let model: any GradientExecutable
  private let schedule: AncestralSchedule
  private let scene: [Float]
  private let hole: [Float]
  private let inputs: [String: Tensor]
  private var generator: TorchGenerator
  /// Steps that are done.
  package private(set) var position = 0
  /// The sample, `[1, 3, height, width]`, flat.
  package private(set) var values: [Float]
  /// The clean picture that the denoiser predicted in the last step, likewise; the scene before the first.
  package private(set) var clean: [Float]
  /// How far the last step's views were from the guide.
  package private(set) var distance = Float.infinity

  /// A sample before its first step: the scene with noise.
  ///
  /// - Parameters:
  ///   - model: the objective's graph, compiled to be differentiated.
  ///   - hole: 1 where is painted, 0 where the scene stays, for every pixel.
  ///   - guide: the embedding of what is to be seen.
  ///   - seed: of the noise.
  package init(
    _ objective: BlendingObjective, _ model: any GradientExecutable, _ schedule: AncestralSchedule,
    scene: PixelPlanes, hole: [Float], guide: [Float], seed: Int
  ) {
    (self.objective, self.model, self.schedule) = (objective, model, schedule)
    (self.scene, self.hole) = (scene.values, hole)
    var inputs = [
      "hole": Tensor(hole, shape: [1, 1, scene.height, scene.width]), "guide": BlendingObjective.guide(guide),
    ]
    if objective.background != nil { inputs["scene"] = scene.tensor }
    self.inputs = inputs
    generator = TorchGenerator(seed: seed)
    values = schedule.noised(
      scene.values, with: generator.normal(count: scene.values.count), before: 0)
    clean = scene.values
  }

  /// Takes one step, against the loss's gradient, and sets all but the hole to the scene with as much noise as there was
  /// before it.
  ///
  /// - Parameter views: in which the sample is looked at, the plain one among them.
  package mutating func advance(seenIn views: [PictureView]) async throws {
    let step = schedule.steps[position]
    let size = objective.seer.configuration.imageSize
    var inputs = inputs.merging(ViewSampling(views, size: size).inputs) { $1 }
    inputs["time"] = objective.denoiser.timestepEmbedding(step.timestep)
    inputs["sampleRate"] = Tensor([Float(step.sampleRate)], shape: [1])
    inputs["noiseRate"] = Tensor([Float(step.noiseRate)], shape: [1])
    inputs["deviation"] = Tensor([Float(step.deviation)], shape: [1])

    let shape = [1, 3, objective.denoiser.height, objective.denoiser.width]
    try await model.write(.value, of: BlendingObjective.sample, Tensor(values, shape: shape))
    try await model.clearGradients()
    let results = try await model.differentiate(inputs, scale: 1)
    let gradient = try await model.read(.gradient, of: BlendingObjective.sample).floats
    clean = results["clean"]!.floats
    distance = results["distance"]!.floats[0]

    let (noise, sceneNoise) = (
      generator.normal(count: values.count), generator.normal(count: values.count)
    )
    let moved = schedule.sample(
      after: position, from: values, clean: clean, variance: results["variance"]!.floats, gradient: gradient,
      noise: noise)
    values = blended(moved, with: schedule.noised(scene, with: sceneNoise, before: position))
    position += 1
  }

  /// The clean picture in the hole, the scene around it.
  package var picture: [Float] { blended(clean, with: scene) }

  private func blended(_ inside: [Float], with outside: [Float]) -> [Float] {
    inside.indices.map { index in
      let share = hole[index % hole.count]
      return share * inside[index] + (1 - share) * outside[index]
    }
  }
}

extension BlendingObjective {
  /// An embedding as the graphs take it: of length 1.
  package static func guide(_ embedding: [Float]) -> Tensor {
    let length = embedding.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return Tensor(embedding.map { $0 / length }, shape: [1, embedding.count])
  }
}
