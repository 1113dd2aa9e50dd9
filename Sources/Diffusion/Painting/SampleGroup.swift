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

  /// Samples before their first step.
  ///
  /// - Parameter noise: standard normal, as many values as the latents of all of them have.
  init(denoiser: Denoiser, sampler: any Sampler, generator: TorchGenerator, noise: [Float]) {
    (self.denoiser, self.sampler, self.generator, self.noise) = (denoiser, sampler, generator, noise)
    latents = noise.map { $0 * sampler.initialNoiseScale }
  }

  /// Takes one step; see `Denoiser.noise`.
  mutating func advance(guidance: Float, asPair: Bool) async throws {
    let output = try await denoiser.noise(
      in: sampler.modelInput(latents), at: sampler.timesteps[sampler.position], guidance: guidance,
      asPair: asPair)
    latents = sampler.step(output, latents: latents, generator: &generator)
  }

  /// Sets what is kept back to the scene's latents, with the noise of this moment.
  ///
  /// - Parameters:
  ///   - clean: the scene's latents, of one sample.
  ///   - kept: the mask at their size, 1 = keep.
  mutating func blend(in clean: [Float], keeping kept: [Float]) {
    for start in stride(from: 0, to: latents.count, by: clean.count) {
      let scene = sampler.noised(
        clean, with: Array(noise[start..<start + clean.count]), before: sampler.position)
      for index in clean.indices {
        let keep = kept[index % kept.count]
        latents[start + index] = keep * scene[index] + (1 - keep) * latents[start + index]
      }
    }
  }
}
