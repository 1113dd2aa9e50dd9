import Diffusion
import Foundation
import Synchronization
import Tensors
import Testing

/// What the networks are asked, whatever they answer. That the answers make the right picture, ParityTests show.
@Suite("inpainting")
struct InpaintingTests {
  private static let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ParityTests/Fixtures/base/model").path

  private func run(
    _ engine: RecordingEngine, observe: @escaping @Sendable (InpaintingState) throws -> Void = { _ in },
    _ change: (inout InpaintingOptions) -> Void
  ) async throws -> Tensor {
    var options = InpaintingOptions()
    options.steps = 4
    options.sampler = .ddim
    change(&options)
    let model = try DiffusionModel(path: Self.model)
    let inpainting = try Inpainting(model, options, runtime: DiffusionRuntime { _ in engine })
    let holes = (0..<32 * 16).map { $0 % 32 < 16 ? UInt8(255) : 0 }
    return try await inpainting.run(
      scene: PixelPlanes(width: 32, height: 16, values: Array(repeating: 0.5, count: 3 * 32 * 16)),
      mask: holes.withUnsafeBufferPointer { KeepMask(holes: $0, width: 32, height: 16, threshold: 0.5) },
      conditioning: conditioning(width: 12), observe: observe)
  }

  private func conditioning(width: Int, tokens: Int = 1) -> DenoiserConditioning {
    DenoiserConditioning(
      context: Tensor(Array(repeating: 2, count: tokens * width), shape: [1, tokens, width]),
      unconditional: Tensor(Array(repeating: 1, count: width), shape: [1, 1, width]))
  }

  @Test("guidance 1 asks for the conditioned half alone, 0 for the other, any other scale for both together")
  func halves() async throws {
    for (guidance, contexts) in [(1, [2]), (0, [1]), (5, [1, 2])] as [(Float, [Float])] {
      let engine = RecordingEngine()
      _ = try await run(engine) { $0.guidance = guidance }
      #expect(engine.denoisings.count == 4)
      for run in engine.denoisings {
        let context = try #require(run.inputs["context"])
        #expect(context.shape == [contexts.count, 1, 12])
        #expect(stride(from: 0, to: context.floats.count, by: 12).map { context.floats[$0] } == contexts)
      }
    }
  }

  @Test("outside the guided part of a run the conditioned half runs alone, and one network serves both")
  func interval() async throws {
    let engine = RecordingEngine()
    _ = try await run(engine) { $0.guidedPart = 0.25...0.6 }
    // Steps 1 and 2 of 0…3 are guided, by two runs each.
    #expect(engine.denoisings.map { $0.inputs["context"]!.floats[0] } == [2, 1, 2, 1, 2, 2])
    #expect(engine.compiled.count { $0["sample"] != nil } == 1)
  }

  @Test(
    "deep layers run every so many steps, for each sample and half; in between the shallow ones take their features"
  )
  func caching() async throws {
    // Features tell the run they come from by what the latents were.
    let engine = RecordingEngine { name, type, inputs in
      let given = (inputs["sample"] ?? inputs["picture"])?.floats[0] ?? 0
      return Tensor(
        Array(repeating: name == "features" ? given : 0.1 * given, count: type.elementCount),
        shape: type.shape)
    }
    _ = try await run(engine) {
      ($0.steps, $0.samples, $0.cacheInterval, $0.cacheBranch) = (5, 2, 3, 1)
    }
    let runs = engine.denoisings
    #expect(runs.count == 10)
    for (place, run) in runs.enumerated() {
      let (step, sample) = (place / 2, place % 2)
      guard !step.isMultiple(of: 3) else {
        #expect(run.inputs["features"] == nil)
        continue
      }
      let source = runs[2 * (step / 3 * 3) + sample]
      let features = try #require(run.inputs["features"])
      #expect(features.shape[0] == 2)
      #expect(features.floats.allSatisfy { $0 == source.inputs["sample"]!.floats[0] })
    }
    #expect(engine.compiled.count { $0["sample"] != nil } == 2)
  }

  @Test(
    "where guidance begins, the half that has no features yet is computed whole; of one step's interval nothing is kept"
  )
  func cachingPart() async throws {
    let engine = RecordingEngine()
    _ = try await run(engine) {
      ($0.guidedPart, $0.cacheInterval) = (0.25...1, 2)
    }
    // Steps 0 and 2 are whole; at step 1 the unconditional half comes in.
    #expect(
      engine.denoisings.map { ($0.inputs["features"] != nil) }
        == [false, false, true, false, false, true, true])
    let plain = RecordingEngine()
    _ = try await run(plain) { $0.cacheInterval = 1 }
    #expect(plain.compiled.allSatisfy { $0["features"] == nil })
    let error = await #expect(throws: InpaintingError.self) {
      try await run(RecordingEngine()) { ($0.cacheInterval, $0.cacheBranch) = (2, 6) }
    }
    #expect(error?.description.contains("0 to 5") == true)
  }

  @Test("a network is compiled once for all runs of one shape")
  func compiledOnce() async throws {
    let engine = RecordingEngine()
    _ = try await run(engine) { $0.samples = 3 }
    #expect(engine.denoisings.count == 12)
    #expect(engine.compiled.count { $0["sample"] != nil } == 1)
  }

  @Test("networks that were used longest ago make room for others")
  func room() async throws {
    let engine = RecordingEngine()
    let runtime = DiffusionRuntime(memory: 1) { _ in engine }
    let model = try DiffusionModel(path: Self.model)
    let coding = try LatentCoding(model, ComputeOptions(.f32), runtime: runtime)
    let picture = PixelPlanes(width: 16, height: 16, values: Array(repeating: 0, count: 768))
    for _ in 0..<2 {
      let latents = try await coding.encode(picture)
      _ = try await coding.decode(latents, height: 2, width: 2)
    }
    #expect(engine.compiled.count == 4)
  }

  @Test("both orders of a nine-channel denoiser's inputs: the mask is 1 where kept, or 1 in the hole")
  func channels() async throws {
    let engine = RecordingEngine { _, type, inputs in
      Tensor(Array(repeating: inputs["picture"] == nil ? 0 : 3, count: type.elementCount), shape: type.shape)
    }
    for order in ChannelOrder.allCases {
      _ = try await run(engine) {
        $0.channelOrder = order; $0.steps = 1
      }
    }
    let (keep, hole): ([Float], [Float]) = ([0, 0, 1, 1, 0, 0, 1, 1], [1, 1, 0, 0, 1, 1, 0, 0])
    let samples = engine.denoisings.map { $0.inputs["sample"]!.floats }
    #expect(Array(samples[0][64...]) == keep)
    #expect(Array(samples[1][32..<40]) == hole)
    #expect(samples[0][32..<64] == samples[1][40...])
    #expect(samples[0][..<32] == samples[1][..<32])
  }

  @Test("a denoiser of four channels sees the scene through blending alone, and is refused without")
  func latentsAlone() async throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let place = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: place) }
    try FileManager.default.copyItem(at: URL(filePath: Self.model), to: place)
    for (source, target) in [
      ("unet-text.json", "config.json"),
      ("unet-text.weights.safetensors", "diffusion_pytorch_model.safetensors"),
    ] {
      let file = place.appending(path: "unet/\(target)")
      try FileManager.default.removeItem(at: file)
      try FileManager.default.copyItem(
        at: tests.appending(path: "NetworksTests/Fixtures/\(source)"), to: file)
    }
    let model = try DiffusionModel(path: place.path)
    let engine = RecordingEngine()
    var options = InpaintingOptions()
    (options.steps, options.sampler, options.guidance) = (2, .ddim, 1)
    #expect(throws: InpaintingError.self) {
      try Inpainting(model, options, runtime: DiffusionRuntime { _ in engine })
    }
    options.blending = .everyStep
    let inpainting = try Inpainting(model, options, runtime: DiffusionRuntime { _ in engine })
    let mask = [UInt8](repeating: 255, count: 256).withUnsafeBufferPointer {
      KeepMask(holes: $0, width: 16, height: 16, threshold: 0.5)
    }
    _ = try await inpainting.run(
      scene: PixelPlanes(width: 16, height: 16, values: Array(repeating: 0, count: 768)), mask: mask,
      conditioning: conditioning(width: 12))
    #expect(engine.denoisings.map { $0.inputs["sample"]!.shape } == [[1, 4, 2, 2], [1, 4, 2, 2]])
  }

  @Test("samples are painted from noise of their own; the first is the one that is painted alone")
  func samples() async throws {
    let three = try await run(RecordingEngine()) { $0.samples = 3 }
    let one = try await run(RecordingEngine()) { _ in }
    #expect(three.shape == [3, 4, 2, 4])
    #expect(Array(three.floats[..<32]) == one.floats)
    #expect(three.floats[32..<64] != three.floats[..<32])
  }

  @Test(
    "drawn per sample, sample k of n is the single sample of seed + k, fresh noise and blending included",
    arguments: [SamplerKind.pndm, .eulerAncestral, .ddim], [false, true])
  func perSample(sampler: SamplerKind, blends: Bool) async throws {
    // What the denoiser answers depends on everything that it is given.
    let engine = RecordingEngine { name, type, inputs in
      let given = (inputs["sample"] ?? inputs["picture"])?.floats ?? []
      return Tensor(
        (0..<type.elementCount).map {
          0.3 * given[$0 % given.count] + 0.1 * given[given.count - 1 - $0 % given.count]
        },
        shape: type.shape)
    }
    func latents(_ samples: Int, seed: Int, _ seeding: Seeding) async throws -> [Float] {
      try await run(engine) {
        ($0.samples, $0.seed, $0.seeding) = (samples, seed, seeding)
        ($0.sampler, $0.eta, $0.blending) = (
          sampler, sampler == .ddim ? 0.5 : 0, blends ? .everyStep : .never
        )
      }.floats
    }
    let together = try await latents(3, seed: 7, .perSample)
    for sample in 0..<3 {
      let alone = try await latents(1, seed: 7 + sample, .diffusers)
      #expect(Array(together[32 * sample..<32 * (sample + 1)]) == alone)
    }
    // The references' order is another one as soon as there are several.
    #expect(try await latents(3, seed: 7, .diffusers) != together)
  }

  @Test("in the authors' order the masked picture's noise is drawn before the initial noise")
  func seeding() async throws {
    func latents(_ seeding: Seeding) async throws -> [Float] {
      let states = States()
      _ = try await run(RecordingEngine(), observe: { states.add($0.latents) }) { $0.seeding = seeding }
      return states.all[0]
    }
    var generator = TorchGenerator(seed: 0)
    let numbers = [generator.normal(count: 32), generator.normal(count: 32)]
    #expect(try await latents(.diffusers) == numbers[0])
    #expect(try await latents(.authors) == numbers[1])
  }

  @Test(
    "a picture of the authors' run starts from what its batch draws, after all that the batches before it drew"
  )
  func runPlace() async throws {
    func latents(_ place: RunPlace?, _ change: (inout InpaintingOptions) -> Void = { _ in }) async throws
      -> [Float]
    {
      let states = States()
      _ = try await run(RecordingEngine(), observe: { states.add($0.latents) }) {
        ($0.seeding, $0.runPlace, $0.steps, $0.sampler) = (.authors, place, 4, .pndm)
        change(&$0)
      }
      return states.all[0]
    }
    // Of batches of 3, the first of the third; PLMS predicts once more than it has steps.
    var generator = TorchGenerator(seed: 0)
    for _ in 0..<2 * (2 + 5) { _ = generator.normal(count: 3 * 32) }
    _ = generator.normal(count: 3 * 32)
    let initial = generator.normal(count: 3 * 32)
    #expect(try await latents(RunPlace(position: 6, batch: 3)) == Array(initial[..<32]))
    #expect(try await latents(RunPlace(position: 8, batch: 3)) == Array(initial[64...]))
    #expect(try await latents(RunPlace(position: 0, batch: 1)) == latents(nil))
    for change: (inout InpaintingOptions) -> Void in [
      { $0.seeding = .diffusers }, { $0.samples = 2 }, { $0.sampler = .eulerAncestral },
      { ($0.sampler, $0.eta) = (.ddim, 0.5) }, { $0.strength = 0.5 },
    ] {
      await #expect(throws: InpaintingError.self) {
        try await latents(RunPlace(position: 1, batch: 3), change)
      }
    }
  }

  @Test("blended at every step, what is kept ends as the scene's own latents")
  func blending() async throws {
    let engine = RecordingEngine { name, type, inputs in
      // The encoder says 2 everywhere, the denoiser something else.
      Tensor(Array(repeating: name == "mean" ? 2 : 0.5, count: type.elementCount), shape: type.shape)
    }
    let latents = try await run(engine) { $0.blending = .everyStep }.floats
    let scene = Float(2 * 0.18215)
    for index in 0..<32 where index % 4 >= 2 { #expect(abs(latents[index] - scene) < 0.2) }
    for index in 0..<32 where index % 4 < 2 { #expect(latents[index] != scene) }
  }

  @Test("latents that are no numbers stop the run and name the step")
  func notFinite() async throws {
    let engine = RecordingEngine { name, type, inputs in
      let isLate = name == "noise" && (inputs["time"]?.floats[0] ?? 1) < 0
      return Tensor(Array(repeating: isLate ? .nan : 0, count: type.elementCount), shape: type.shape)
    }
    let error = await #expect(throws: InpaintingError.self) {
      try await run(engine) {
        $0.steps = 10; $0.compute.precision = .f16
      }
    }
    #expect(error?.description.contains("after step") == true)
    #expect(error?.description.contains("f32") == true)
  }

  @Test("of a mask, a latent keeps what its first pixel does, its middle, or the least of all its pixels")
  func resampling() {
    // 4×4 pixels, all kept but for one that the scene may change at, in the lower right cell.
    var holes = [UInt8](repeating: 0, count: 16)
    holes[15] = 255
    let mask = holes.withUnsafeBufferPointer { KeepMask(holes: $0, width: 4, height: 4, threshold: nil) }
    #expect(mask.resampled(scale: 2, by: .nearest) == [1, 1, 1, 1])
    #expect(mask.resampled(scale: 2, by: .bilinear) == [1, 1, 1, 0.75])
    #expect(mask.resampled(scale: 2, by: .maximum) == [1, 1, 1, 0])
    #expect(mask.resampled(scale: 1, by: .bilinear) == mask.values)
  }

  @Test("started from the scene, a run takes the last steps; of none at all it says so")
  func started() async throws {
    for (strength, steps) in [(1, 4), (0.75, 3), (0.5, 2), (0.49, 1), (0.25, 1)] {
      let engine = RecordingEngine()
      _ = try await run(engine) { $0.strength = strength }
      #expect(engine.denoisings.count == steps)
    }
    let error = await #expect(throws: InpaintingError.self) {
      try await run(RecordingEngine()) { $0.strength = 0.2 }
    }
    #expect(error?.description.contains("leaves none") == true)
  }

  @Test("a condition of another model is refused by its width")
  func width() async throws {
    let model = try DiffusionModel(path: Self.model)
    let inpainting = try Inpainting(
      model, InpaintingOptions(), runtime: DiffusionRuntime { _ in RecordingEngine() })
    let scene = PixelPlanes(width: 8, height: 8, values: Array(repeating: 0, count: 192))
    let mask = [UInt8](repeating: 255, count: 64).withUnsafeBufferPointer {
      KeepMask(holes: $0, width: 8, height: 8, threshold: nil)
    }
    let error = await #expect(throws: InpaintingError.self) {
      try await inpainting.run(scene: scene, mask: mask, conditioning: conditioning(width: 7))
    }
    #expect(error?.description.contains("7 wide") == true)
  }

  @Test("what a sampler does not take is an error, not a setting without effect")
  func senseless() async throws {
    for kind in [SamplerKind.pndm, .ddim, .eulerAncestral] {
      await #expect(throws: InpaintingError.self) {
        try await run(RecordingEngine()) {
          $0.sampler = kind; $0.usesKarrasSigmas = true
        }
      }
    }
    await #expect(throws: SamplerError.self) {
      try await run(RecordingEngine()) {
        $0.sampler = .euler; $0.eta = 0.5
      }
    }
  }

  @Test("a cancelled run stops between two steps")
  func cancellation() async throws {
    let states = States()
    let task = Task {
      try await run(
        RecordingEngine(),
        observe: { state in
          states.add(state.latents)
          if state.done == 3 { withUnsafeCurrentTask { $0?.cancel() } }
        }
      ) { $0.steps = 100 }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(states.all.count == 4)
  }
}

private final class States: Sendable {
  private let kept = Mutex<[[Float]]>([])
  var all: [[Float]] { kept.withLock { $0 } }
  func add(_ latents: [Float]) { kept.withLock { $0.append(latents) } }
}
