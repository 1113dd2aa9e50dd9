/// A sampler in the middle of a run: it is asked for the network's input, given the output, and gives the
/// latents with a little less noise. Its steps are taken in order, `timesteps.count` of them.
///
/// Latents are flat, in any order, of any batch: every element is treated alike.
public protocol Sampler: Sendable {
  /// The training step to tell the network at each step of the run, most noise first. PNDM evaluates one
  /// twice, so there may be more than were asked for.
  var timesteps: [Float] { get }

  /// What standard normal noise is multiplied by to begin with.
  var initialNoiseScale: Float { get }

  /// How many steps were taken.
  var position: Int { get }

  /// The latents as the network wants them at the current step.
  func modelInput(_ latents: [Float]) -> [Float]

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - output: the network's output, after guidance.
  ///   - latents: the current latents, not scaled by `modelInput`.
  ///   - generator: where samplers that add noise draw it; the others leave it alone.
  /// - Returns: the next latents.
  /// - Precondition: fewer than `timesteps.count` steps were taken; both arrays have one length.
  mutating func step(
    _ output: [Float], latents: [Float], generator: inout TorchGenerator
  ) -> [Float]

  /// Clean latents with as much noise as the sampler's latents have before step `index`; after the last step
  /// (`index == timesteps.count`) that is what the sampler ends with, none or almost none.
  func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float]
}

/// The samplers, by the names of diffusers' classes.
public enum SamplerKind: String, Sendable, CaseIterable {
  /// Pseudo linear multistep (PLMS): the paper's.
  case pndm = "PNDMScheduler"
  /// Deterministic steps, or stochastic ones with eta above 0.
  case ddim = "DDIMScheduler"
  /// DPM-Solver++, first or second order, multistep.
  case dpmSolver = "DPMSolverMultistepScheduler"
  /// Euler's method in sigma.
  case euler = "EulerDiscreteScheduler"
  /// Euler's method with fresh noise at each step.
  case eulerAncestral = "EulerAncestralDiscreteScheduler"
  /// UniPC, first or second order.
  case uniPC = "UniPCMultistepScheduler"

  /// Whether noise levels can be spread as Karras et al. (2022) spread them.
  public var takesKarrasSigmas: Bool { [.dpmSolver, .euler, .uniPC].contains(self) }
}

/// A sampler cannot be made as asked.
public struct SamplerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sampler and what it cannot do.
  public let description: String

  init(_ kind: SamplerKind, _ detail: String) { description = "\(kind.rawValue): \(detail)" }
}

extension SchedulerConfiguration {
  /// A sampler at the start of a run.
  ///
  /// - Parameters:
  ///   - kind: which; nil is the one the configuration was written for.
  ///   - steps: of the run, at least 1 and at most the training steps.
  ///   - eta: DDIM's share of fresh noise, from 0 (none) to 1; no other sampler takes one.
  public func makeSampler(
    _ kind: SamplerKind? = nil, steps: Int, eta: Float = 0
  ) throws(SamplerError) -> any Sampler {
    let kind = kind ?? sampler
    guard (1...trainStepCount).contains(steps) else {
      throw SamplerError(kind, "\(steps) steps; from 1 to \(trainStepCount) are possible")
    }
    guard eta == 0 || kind == .ddim, (0...1).contains(eta) else {
      throw SamplerError(kind, "eta \(eta); only DDIM takes one, from 0 to 1")
    }
    switch kind {
    case .pndm: return try PNDMSampler(self, steps: steps)
    case .ddim: return try DDIMSampler(self, steps: steps, eta: eta)
    case .dpmSolver: return try DPMSolverSampler(self, steps: steps)
    case .euler: return try EulerSampler(self, steps: steps)
    case .eulerAncestral: return try EulerAncestralSampler(self, steps: steps)
    case .uniPC: return try UniPCSampler(self, steps: steps)
    }
  }
}
