import Diffusion
import Foundation
import Testing

/// Runs the samplers under the function that stood in for the network when the fixtures were made.
@Suite("samplers")
struct SamplerTests {
  /// A case of `samplers.json`: a configuration, and how it was run.
  struct Case: CustomTestStringConvertible {
    var name: String
    var configuration: SchedulerConfiguration
    var steps: Int
    var eta: Float
    var testDescription: String { name }

    func makeSampler() throws -> any Sampler { try configuration.makeSampler(steps: steps, eta: eta) }

    func floats(_ key: String) throws -> [Float] {
      try Fixtures.floats("\(name).\(key)", in: "samplers.safetensors")
    }
  }

  static func cases() throws -> [Case] {
    let data = try Data(contentsOf: URL(filePath: Fixtures.path("samplers.json")))
    let all = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]] ?? [:]
    return try all.sorted { $0.key < $1.key }.map { name, members in
      let json = try JSONSerialization.data(withJSONObject: members)
      let configuration = try Fixtures.withFile(json, ending: "json") { path in
        try SchedulerConfiguration(contentsOf: path)
      }
      return Case(
        name: name, configuration: configuration, steps: members["_steps"] as? Int ?? 0,
        eta: Float(members["_eta"] as? Double ?? 0))
    }
  }

  @Test("noise schedules are diffusers', bit for bit", arguments: NoiseSchedule.BetaSchedule.allCases)
  func schedule(_ kind: NoiseSchedule.BetaSchedule) throws {
    var configuration =
      kind == .scaledLinear ? SchedulerConfiguration.paintByExample : SchedulerConfiguration()
    configuration.betaSchedule = kind
    let expected = try Fixtures.floats("alphas_cumprod.\(kind.rawValue)", in: "samplers.safetensors")
    #expect(NoiseSchedule(configuration).alphasCumprod == expected)
  }

  @Test("timesteps and the scale of the first noise are diffusers'", arguments: try cases())
  func timesteps(_ test: Case) throws {
    let sampler = try test.makeSampler()
    let expected = try test.floats("timesteps")
    #expect(sampler.timesteps.count == expected.count)
    #expect(largestDifference(sampler.timesteps, expected) < 1e-4)
    let scale = try test.floats("initial_scale")[0]
    #expect(abs(sampler.initialNoiseScale - scale) <= scale * 1e-6)
  }

  @Test("every state of a run is diffusers' within 2e-5 of its size", arguments: try cases())
  func trajectory(_ test: Case) throws {
    var sampler = try test.makeSampler()
    var generator = TorchGenerator(seed: 5)
    var latents = generator.normal(count: 30).map { $0 * sampler.initialNoiseScale }
    let states = try test.floats("latents")
    #expect(states.count == 30 * (sampler.timesteps.count + 1))
    #expect(largestDifference(latents, Array(states[..<30])) < 1e-5)
    for (index, time) in sampler.timesteps.enumerated() {
      let output = sampler.modelInput(latents).map { tanh($0 * 0.5 + time / 1000) }
      latents = sampler.step(output, latents: latents, generator: &generator)
      #expect(sampler.position == index + 1)
      let expected = Array(states[30 * (index + 1)..<30 * (index + 2)])
      let size = expected.map(abs).max() ?? 1
      #expect(largestDifference(latents, expected) <= 2e-5 * max(1, size), "step \(index)")
    }
  }

  @Test("clean latents are noised to a step's level as diffusers does", arguments: try cases())
  func noised(_ test: Case) throws {
    let sampler = try test.makeSampler()
    let clean = (0..<30).map { -1 + 2 * Float($0) / 29 }
    let noise = (0..<30).map { cos(Float($0)) }
    let expected = try test.floats("noised")
    for index in sampler.timesteps.indices {
      let found = sampler.noised(clean, with: noise, before: index)
      #expect(
        largestDifference(found, Array(expected[30 * index..<30 * (index + 1)])) < 5e-5, "step \(index)")
    }
  }

  @Test(
    "begun in the middle, with a network that knows the noise, a sampler ends with the clean latents",
    arguments: SamplerKind.allCases.filter { $0 != .eulerAncestral && $0 != .lcm }, [1, 3, 7])
  func middle(_ kind: SamplerKind, skipped: Int) throws {
    var configuration = SchedulerConfiguration.paintByExample
    configuration.finalSigma = .zero
    var sampler = try configuration.makeSampler(kind, steps: 8)
    sampler.begin(after: skipped)
    let clean: [Float] = [-0.7, 0, 0.3, 0.9]
    let noise: [Float] = [1.1, -0.4, 0.6, -1.5]
    var latents = sampler.noised(clean, with: noise, before: sampler.position)
    var generator = TorchGenerator(seed: 0)
    let repeated = kind == .pndm && skipped < 7 ? 1 : 0
    #expect(sampler.timesteps.count - sampler.position == 8 - skipped + repeated)
    while sampler.position < sampler.timesteps.count {
      latents = sampler.step(noise, latents: latents, generator: &generator)
    }
    let expected = sampler.noised(clean, with: noise, before: sampler.timesteps.count)
    #expect(largestDifference(latents, expected) < 1e-3, "\(latents), not \(expected)")
  }

  @Test("one published schedule serves every sampler", arguments: SamplerKind.allCases)
  func everySampler(_ kind: SamplerKind) throws {
    var sampler = try SchedulerConfiguration.paintByExample.makeSampler(kind, steps: 4)
    var generator = TorchGenerator(seed: 1)
    var latents: [Float] = [sampler.initialNoiseScale, -sampler.initialNoiseScale]
    for _ in sampler.timesteps {
      latents = sampler.step(sampler.modelInput(latents), latents: latents, generator: &generator)
    }
    #expect(latents.allSatisfy { $0.isFinite })
  }

  @Test(
    "after the last step sigma samplers leave clean latents clean",
    arguments: [SamplerKind.euler, .dpmSolver])
  func cleanAtTheEnd(_ kind: SamplerKind) throws {
    let sampler = try SchedulerConfiguration.paintByExample.makeSampler(kind, steps: 4)
    #expect(sampler.noised([0.25], with: [1], before: sampler.timesteps.count) == [0.25])
  }

  @Test("what a sampler cannot do is an error that names it")
  func refused() throws {
    var configuration = SchedulerConfiguration.paintByExample
    #expect(throws: SamplerError.self) { try configuration.makeSampler(steps: 0) }
    #expect(throws: SamplerError.self) { try configuration.makeSampler(steps: 1001) }
    #expect(throws: SamplerError.self) { try configuration.makeSampler(steps: 1000) }
    #expect(throws: SamplerError.self) { try configuration.makeSampler(.euler, steps: 5, eta: 0.5) }
    configuration.solverOrder = 3
    #expect(throws: SamplerError.self) { try configuration.makeSampler(.uniPC, steps: 5) }
    configuration.skipsRungeKuttaSteps = false
    #expect(throws: SamplerError.self) { try configuration.makeSampler(.pndm, steps: 5) }
  }

  @Test(
    "options that would change the result and are not built are refused by name",
    arguments: [
      #""algorithm_type": "sde-dpmsolver++""#, #""thresholding": true"#, #""use_exponential_sigmas": true"#,
      #""beta_schedule": "sigmoid""#, #""_class_name": "LMSDiscreteScheduler""#, #""sigma_max": 80"#,
      #""rescale_betas_zero_snr": true"#, #""timestep_spacing": "log""#, #""beta_end": 0"#,
    ])
  func refusedOption(_ option: String) throws {
    try Fixtures.withFile(Data("{\(option)}".utf8), ending: "json") { path in
      let error = #expect(throws: CheckpointError.self) { try SchedulerConfiguration(contentsOf: path) }
      #expect(error?.reason == .unsupportedConfiguration)
      #expect(error?.detail.contains(option.split(separator: "\"")[0]) == true)
    }
  }
}
