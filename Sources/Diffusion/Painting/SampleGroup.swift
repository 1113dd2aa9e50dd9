/// Samples whose random numbers come from one generator, in the middle of a run.
struct SampleGroup {
  /// What predicts their noise.
  private var denoiser: Denoiser
  /// Where they are.
  private(set) var sampler: any Sampler
  /// `[samples, channels, height, width]`, flat.
  private(set) var latents: [Float]
  private var generator: TorchGenerator
  private let noise: [Float]
  /// The scene's latents, of one sample; empty where nothing is made of them.
  private let scene: [Float]

  /// Samples before their first step.
  ///
  /// - Parameters:
  ///   - noise: standard normal, as many values as the latents of all of them have.
  ///   - scene: its latents, of one sample, where it is blended in or started from.
  ///   - skipped: how many of the sampler's first steps are left out.
  ///   - startsFromScene: whether they start from the scene with its noise, rather than from noise alone.
  init(
    denoiser: Denoiser, sampler: any Sampler, generator: TorchGenerator, noise: [Float], scene: [Float],
    skipped: Int, startsFromScene: Bool
  ) {
    (self.denoiser, self.sampler, self.generator) = (denoiser, sampler, generator)
    (self.noise, self.scene) = (noise, scene)
    latents = noise.map { $0 * sampler.initialNoiseScale }
    if skipped > 0 { self.sampler.begin(after: skipped) }
    if startsFromScene { latents = noisyScenes(with: noise, before: skipped).flatMap { $0 } }
  }

  /// Takes one step; see `Denoiser.noise`.
  mutating func advance(guidance: Float, asPair: Bool, refreshes: Bool) async throws {
    let output = try await denoiser.noise(
      in: sampler.modelInput(latents), at: sampler.timesteps[sampler.position], guidance: guidance,
      asPair: asPair, refreshes: refreshes)
    latents = sampler.step(output, latents: latents, generator: &generator)
  }

  /// Sets what is kept back to the scene's latents, with the noise of this moment, and after the last step with none.
  ///
  /// - Parameter kept: the mask at their size, 1 = keep.
  mutating func blend(keeping kept: [Float]) {
    let isDone = sampler.position == sampler.timesteps.count
    blend(
      isDone
        ? Array(repeating: scene, count: noise.count / scene.count)
        : noisyScenes(with: noise, before: sampler.position), keeping: kept)
  }

  /// Sets what is kept back to the scene's latents, with new noise, as much as there was before the last step.
  mutating func blendWithFreshNoise(keeping kept: [Float]) {
    let fresh = generator.normal(count: noise.count)
    blend(noisyScenes(with: fresh, before: sampler.position - 1), keeping: kept)
  }

  private mutating func blend(_ scenes: [[Float]], keeping kept: [Float]) {
    for (sample, scene) in scenes.enumerated() {
      for index in scene.indices {
        let keep = kept[index % kept.count]
        let place = sample * scene.count + index
        latents[place] = keep * scene[index] + (1 - keep) * latents[place]
      }
    }
  }

  /// The scene's latents with each sample's noise, as much as the sampler's latents have before a step.
  private func noisyScenes(with noise: [Float], before step: Int) -> [[Float]] {
    stride(from: 0, to: noise.count, by: scene.count).map { start in
      sampler.noised(scene, with: Array(noise[start..<start + scene.count]), before: step)
    }
  }
}
