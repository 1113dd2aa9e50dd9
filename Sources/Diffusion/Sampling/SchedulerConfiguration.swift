import Foundations

/// A noise schedule and a sampler's options: `scheduler/scheduler_config.json`.
///
/// Options that a file does not state have the defaults of the sampler's class in diffusers, so a schedule
/// published for one sampler serves another as diffusers' `from_config` makes it.
package struct SchedulerConfiguration: Sendable, Equatable {
  /// What the last step goes down to.
  package enum FinalSigma: String, Sendable, CaseIterable {
    /// No noise at all.
    case zero
    /// The noise of the first training step.
    case smallest = "sigma_min"
  }

  /// The sampler the file was written for.
  package var sampler = SamplerKind.pndm
  /// Training steps.
  package var trainStepCount = 1000
  /// The first variance.
  package var betaStart = 0.0001
  /// The last variance.
  package var betaEnd = 0.02
  /// How the variances grow.
  package var betaSchedule = NoiseSchedule.BetaSchedule.linear
  /// Every variance, in place of the three above.
  package var trainedBetas: [Float]?
  /// What the network's output means.
  package var prediction = Prediction.epsilon
  /// How steps are spread; nil is the sampler's default.
  package var spacing: TimestepSpacing?
  /// What `leading` spacing adds to each step.
  package var stepsOffset = 0
  /// Whether the step after the last is free of noise (PNDM, DDIM); nil is the sampler's default.
  package var setsAlphaToOne: Bool?
  /// Whether the sampler clips predicted latents to ±`clipRange` (DDIM); nil is its default.
  package var clipsSample: Bool?
  /// Bound of clipped latents.
  package var clipRange = 1.0
  /// PNDM without its Runge–Kutta steps; only that is supported.
  package var skipsRungeKuttaSteps = false
  /// Order of the multistep samplers: 1 or 2.
  package var solverOrder = 2
  /// Variant of the multistep samplers: `midpoint`, `heun` (DPM-Solver++), `bh1`, `bh2` (UniPC).
  package var solverType: String?
  /// Whether multistep samplers end with steps of lower order.
  package var lowersOrderAtEnd = true
  /// Whether DPM-Solver++ ends with an Euler step.
  package var endsWithEuler = false
  /// Whether noise levels are spread as Karras et al. (2022) spread them.
  package var usesKarrasSigmas = false
  /// What the last step of sigma samplers goes down to.
  package var finalSigma = FinalSigma.zero
  /// Steps after which UniPC does not correct.
  package var uncorrectedSteps: Set<Int> = []
  /// How many steps a denoiser for `lcm` was distilled between.
  package var distilledStepCount = 50
  /// What such a denoiser's training steps are multiplied by where its consistency function meets the latents.
  package var timestepScaling = 10.0

  /// Stable Diffusion 1's and Paint-by-Example's schedule for PNDM.
  package static let paintByExample: SchedulerConfiguration = {
    var configuration = SchedulerConfiguration()
    (configuration.betaStart, configuration.betaEnd) = (0.00085, 0.012)
    configuration.betaSchedule = .scaledLinear
    configuration.stepsOffset = 1
    configuration.setsAlphaToOne = false
    configuration.clipsSample = false
    configuration.skipsRungeKuttaSteps = true
    return configuration
  }()

  /// diffusers' defaults.
  package init() {}
}

extension SchedulerConfiguration {
  /// Reads a configuration file. Options and values this program does not support are refused by name.
  package init(contentsOf path: String) throws(CheckpointError) {
    try self.init(ConfigurationFile(contentsOf: path))
  }

  init(_ file: ConfigurationFile) throws(CheckpointError) {
    var reader = ConfigurationFileReader(file)
    sampler = reader.choice("_class_name", default: .pndm)
    readSchedule(&reader)
    readSampler(&reader)
    reader.require(SchedulerConfiguration.onlySupported)
    try reader.finish(ignoring: [
      "dynamic_thresholding_ratio", "sample_max_value", "flow_shift", "time_shift_type",
    ])
  }

  private mutating func readSchedule(_ reader: inout ConfigurationFileReader) {
    trainStepCount = reader.count("num_train_timesteps", default: 1000)
    if trainStepCount < 2 {
      reader.fault("num_train_timesteps", "is \(trainStepCount); a schedule has at least 2")
    }
    // Of diffusers' samplers only this one begins with latent diffusion's schedule.
    let isLatent = sampler == .lcm
    betaStart = reader.number("beta_start", default: isLatent ? 0.00085 : 0.0001)
    betaEnd = reader.number("beta_end", default: isLatent ? 0.012 : 0.02)
    if !(betaStart > 0 && betaEnd >= betaStart && betaEnd < 1) {
      reader.fault("beta_end", "makes variances from \(betaStart) to \(betaEnd)")
    }
    betaSchedule = reader.choice("beta_schedule", default: isLatent ? .scaledLinear : .linear)
    if case .array(let elements)? = reader.value("trained_betas") {
      let betas = elements.compactMap { element -> Float? in
        guard case .number(let beta) = element, beta > 0, beta < 1 else { return nil }
        return Float(beta)
      }
      if betas.count != elements.count || betas.count != trainStepCount {
        reader.fault("trained_betas", "is no array of \(trainStepCount) numbers between 0 and 1")
      }
      trainedBetas = betas
    }
    prediction = reader.choice("prediction_type", default: .epsilon)
    if reader.value("timestep_spacing") != nil {
      spacing = reader.choice("timestep_spacing", default: .leading)
    }
    stepsOffset = reader.integer("steps_offset", default: 0)
    if !(0..<trainStepCount).contains(stepsOffset) { reader.fault("steps_offset", "is \(stepsOffset)") }
  }

  private mutating func readSampler(_ reader: inout ConfigurationFileReader) {
    if reader.value("set_alpha_to_one") != nil {
      setsAlphaToOne = reader.bool("set_alpha_to_one", default: false)
    }
    if reader.value("clip_sample") != nil { clipsSample = reader.bool("clip_sample", default: true) }
    clipRange = reader.number("clip_sample_range", default: 1)
    skipsRungeKuttaSteps = reader.bool("skip_prk_steps", default: false)
    solverOrder = reader.count("solver_order", default: 2)
    if reader.value("solver_type") != nil { solverType = reader.string("solver_type", default: "") }
    lowersOrderAtEnd = reader.bool("lower_order_final", default: true)
    endsWithEuler = reader.bool("euler_at_final", default: false)
    usesKarrasSigmas = reader.bool("use_karras_sigmas", default: false)
    finalSigma = reader.choice("final_sigmas_type", default: .zero)
    distilledStepCount = reader.count("original_inference_steps", default: 50)
    if distilledStepCount > trainStepCount {
      reader.fault(
        "original_inference_steps", "is \(distilledStepCount), of \(trainStepCount) training steps")
      distilledStepCount = trainStepCount
    }
    timestepScaling = reader.number("timestep_scaling", default: 10)
    if case .array(let elements)? = reader.value("disable_corrector") {
      uncorrectedSteps = Set(elements.compactMap(\.integer))
    }
  }

  /// Options of diffusers' samplers that change the result and are not built here.
  private static let onlySupported: [String: JSONValue] = [
    "thresholding": .bool(false),
    "rescale_betas_zero_snr": .bool(false),
    "algorithm_type": .string("dpmsolver++"),
    "predict_x0": .bool(true),
    "interpolation_type": .string("linear"),
    "timestep_type": .string("discrete"),
    "lambda_min_clipped": .number(-.infinity),
    "use_exponential_sigmas": .bool(false),
    "use_beta_sigmas": .bool(false),
    "use_lu_lambdas": .bool(false),
    "use_flow_sigmas": .bool(false),
    "use_dynamic_shifting": .bool(false),
    "solver_p": .null,
  ]
}
