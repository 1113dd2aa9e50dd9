/// Samples whose random numbers come from one generator, in the middle of a run.
struct SampleGroup {
  /// What predicts their noise.
  let denoiser: Denoiser
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
  ///   - skipped: how many of the sampler's first steps are left out; from 1 on the run starts from the scene.
  init(
    denoiser: Denoiser, sampler: any Sampler, generator: TorchGenerator, noise: [Float], scene: [Float],
    skipped: Int
  ) {
    (self.denoiser, self.sampler, self.generator) = (denoiser, sampler, generator)
    (self.noise, self.scene) = (noise, scene)
    if skipped == 0 {
      latents = noise.map { $0 * sampler.initialNoiseScale }
    } else {
      latents = []
      self.sampler.begin(after: skipped)
      latents = noisyScenes().flatMap { $0 }
    }
  }

  /// Takes one step; see `Denoiser.noise`.
  mutating func advance(guidance: Float, asPair: Bool) async throws {
    let output = try await denoiser.noise(
      in: sampler.modelInput(latents), at: sampler.timesteps[sampler.position], guidance: guidance,
      asPair: asPair)
    latents = sampler.step(output, latents: latents, generator: &generator)
  }

  /// Sets what is kept back to the scene's latents, with the noise of this moment, and after the last step with none.
  ///
  /// - Parameter kept: the mask at their size, 1 = keep.
  mutating func blend(keeping kept: [Float]) {
    let isDone = sampler.position == sampler.timesteps.count
    for (sample, noisy) in noisyScenes().enumerated() {
      for index in scene.indices {
        let keep = kept[index % kept.count]
        let place = sample * scene.count + index
        latents[place] = keep * (isDone ? scene : noisy)[index] + (1 - keep) * latents[place]
      }
    }
  }

  /// The scene's latents with each sample's noise, as much as the sampler's latents have now.
  private func noisyScenes() -> [[Float]] {
    stride(from: 0, to: noise.count, by: scene.count).map { start in
      sampler.noised(scene, with: Array(noise[start..<start + scene.count]), before: sampler.position)
    }
  }
}
