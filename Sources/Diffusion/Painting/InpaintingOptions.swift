import Tensors

/// How a picture is painted.
public struct InpaintingOptions: Sendable, Hashable {
  /// Steps of the sampler.
  public var steps = 50
  /// The sampler; nil is the one the model was published with.
  public var sampler: SamplerKind?
  /// How steps are spread; nil is as the model or the sampler says.
  public var spacing: TimestepSpacing?
  /// Whether noise levels are spread as Karras et al. (2022) spread them; nil is as the model says.
  public var usesKarrasSigmas: Bool?
  /// DDIM's share of fresh noise.
  public var eta: Float = 0
  /// Guidance scale s in ε(v) + s·(ε(c) − ε(v)): 1 runs the conditional half alone, 0 the unconditional.
  public var guidance: Float = 5
  /// The part of the run that is guided, as shares of its steps; the rest runs the conditional half alone.
  public var guidedPart: ClosedRange<Double> = 0...1
  /// The part of the run that is taken, at its end: below 1 it starts from `start`.
  public var strength = 1.0
  /// What a run of less than the whole starts from.
  public var start = StartingPoint.scene
  /// What the scene's latents are, where they are blended in or started from.
  public var sceneLatents = SceneLatents.mean
  /// Seed of the noise.
  public var seed = 0
  /// Pictures painted at once, each from noise of its own.
  public var samples = 1
  /// Which generators the noise comes from, and in which order.
  public var seeding = Seeding.diffusers
  /// Which picture of a longer run it is, all of whose noise one generator of the seed draws; nil is a run of its own.
  public var runPlace: RunPlace?
  /// How the mask is brought to the latents' size.
  public var maskResampling = MaskResampling.nearest
  /// The order of a nine-channel denoiser's inputs; nil is what the model's class says.
  public var channelOrder: ChannelOrder?
  /// Whether and how what is kept is set back to the scene after each step; nil is `.everyStep` where the denoiser sees
  /// nothing else of the scene, and `.never` where it does.
  public var blending: SceneBlending? = .never
  /// Where the IP-Adapter is that made the conditioning's tokens of pictures; nil where there are none.
  public var adapter: String?
  /// All of the denoiser is computed every so many steps; in between its deep layers' features are used again, which is
  /// faster and less exact (Ma et al. 2024, DeepCache). 1 is always.
  public var cacheInterval = 1
  /// The skip connection, counted from 0 at the first convolution, after which layers are deep: 0 leaves the fewest to be
  /// computed in between.
  public var cacheBranch = 0
  /// What computes, and how exactly.
  public var compute = ComputeOptions(.f32)

  /// The paper's: 50 steps, guidance 5.
  public init() {}
}

/// How what is kept is set back to the scene's latents after each step of an inpainting.
public enum SceneBlending: String, Sendable, Hashable, CaseIterable {
  /// It is not.
  case never
  /// With the noise that the run began with, as much as is left after the step, and none after the last: diffusers'
  /// StableDiffusionInpaintPipeline for denoisers of four channels.
  case everyStep
  /// With noise drawn anew, as much as there was before the step, after the last step, too: Blended Latent Diffusion
  /// (Avrahami et al. 2023) as its authors run it.
  case freshNoise
}

/// What a run of less than the whole starts from.
public enum StartingPoint: String, Sendable, Hashable, CaseIterable {
  /// The scene's latents, with as much noise as is left then.
  case scene
  /// Noise alone, as at the run's beginning: Blended Latent Diffusion's.
  case noise
}

/// What latents stand for a picture, of those that an autoencoder finds likely.
public enum SceneLatents: String, Sendable, Hashable, CaseIterable {
  /// Their mean.
  case mean
  /// A sample, whose noise is drawn before all other: that of diffusers' StableDiffusionInpaintPipeline.
  case sample
}

/// Which generators an inpainting's noise comes from, and in which order it is drawn.
public enum Seeding: String, Sendable, Hashable, CaseIterable {
  /// One generator for all samples: their initial noise, then the noise of the masked picture's latents, which all share.
  case diffusers
  /// One generator for all samples, the noise of the masked picture's latents first.
  case authors
  /// A generator for each sample, with the next seed each: sample k is what one sample is with seed + k, in diffusers'
  /// order.
  case perSample
}
