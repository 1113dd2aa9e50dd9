import Diffusion
import EngineTesting
import Foundation
import Imaging
import OpenVINO
import Synchronization
import Foundations
import RenderedWorld
import Tensors
import Testing
import Torch

@testable import Training

/// Trainings of all three networks, one after the other, on libtorch; cancelled where it is not.
@Suite("A model from nothing")
struct TrainingRecipeTests {
  private let small: SmallModel
  private let torch: TorchEngine

  init() throws {
    small = try SmallModel()
    torch = try makeTorch()
  }

  private var runtime: DiffusionRuntime {
    DiffusionRuntime { [torch] name -> any Engine in
      name == "torch" ? torch as any Engine : try OpenVINOEngine()
    }
  }

  private func plan(
    _ model: String, _ folder: String, steps: Int, startsFromScratch: Bool = true
  ) throws -> TrainingPlan {
    TrainingPlan(
      model: try DiffusionModel(path: model), folder: small.folder.file(folder),
      settings: try TrainerSettings(
        steps: steps, optimizer: AdamW(rate: 1e-3), average: MovingAverage(decay: 0.9), checkpointInterval: 2),
      batchSize: 2, startsFromScratch: startsFromScratch, seed: 5,
      compute: ComputeOptions(.f32, engine: "torch"),
      frozenCompute: ComputeOptions(.f32), data: try BatchTests.world(), samples: try BatchTests.world(2))
  }

  private func model(_ folder: String) -> String { small.folder.file("\(folder)/model").path }

  /// Autoencoder and encoder trained for two steps each.
  private func prepared() async throws -> String {
    let first = AutoencoderTraining(
      try plan(small.path, "autoencoder", steps: 2), side: 16, divergenceWeight: 1e-4)
    #expect(try await first.run(runtime) { _ in }.isFinished)
    let second = EncoderTraining(try plan(model("autoencoder"), "encoder", steps: 2), temperature: 0.1)
    #expect(try await second.run(runtime) { _ in }.isFinished)
    return model("encoder")
  }

  @Test("a decoder that is trained alone leaves encoder, scaling factor, and so all latents as they are")
  func decoderAlone() async throws {
    let whole = AutoencoderTraining(
      try plan(small.path, "whole", steps: 2), side: 16, divergenceWeight: 1e-4)
    #expect(try await whole.run(runtime) { _ in }.isFinished)
    let alone = AutoencoderTraining(
      try plan(model("whole"), "decoder", steps: 2, startsFromScratch: false), side: 16,
      divergenceWeight: 1e-4, part: .decoder)
    #expect(try await alone.run(runtime) { _ in }.isFinished)
    let (before, after) = (
      try DiffusionModel(path: model("whole")), try DiffusionModel(path: model("decoder"))
    )
    #expect(
      try before.autoencoder().configuration.scalingFactor == after.autoencoder().configuration.scalingFactor)
    let (old, new) = (try before.weights(of: .autoencoder), try after.weights(of: .autoencoder))
    for (name, tensor) in old.tensors {
      let isDecoders = name.hasPrefix("decoder.") || name.hasPrefix("post_quant_conv.")
      #expect((tensor.floats() != new[name]!.floats()) == isDecoders, "\(name)")
    }
  }

  private func losses(_ folder: String) throws -> [Float] {
    try MetricsLog.read(small.folder.file("\(folder)/metrics.jsonl")).map(\.loss)
  }

  @Test("each training leaves a model that has its network's weights, all finite, and the others' unchanged")
  func threeInARow() async throws {
    let path = try await prepared()
    let before = try DiffusionModel(path: path)
    #expect(before.hasWeights(.autoencoder) && before.hasWeights(.imageEncoder) && !before.hasWeights(.unet))
    #expect(try before.autoencoder().configuration.scalingFactor != 1)

    var training = DenoiserTraining(try plan(path, "denoiser", steps: 3), pairCount: 4, sampleSteps: 2)
    training.signalLimit = 5
    #expect(try await training.run(runtime) { _ in }.isFinished)
    let after = try DiffusionModel(path: model("denoiser"))
    for component in after.components {
      let weights = try after.weights(of: component)
      #expect(weights.tensors.values.allSatisfy { $0.floats()!.allSatisfy(\.isFinite) })
    }
    let (old, new) = (try before.weights(of: .imageEncoder), try after.weights(of: .imageEncoder))
    for (name, tensor) in old.tensors {
      let isSame = tensor.floats() == new[name]!.floats()
      #expect(isSame != ExemplarEncoder.isTrained(name) || isFolded(name), "\(name)")
    }
    #expect(
      try before.weights(of: .autoencoder).tensors.mapValues { $0.floats() }
        == after.weights(of: .autoencoder).tensors.mapValues { $0.floats() })
    let sheets = try FileManager.default.contentsOfDirectory(
      atPath: small.folder.file("denoiser/samples").path)
    #expect(sheets == ["step-00000003.png"])
  }

  @Test("a distilled denoiser has its own weights and sampler, and is no teacher; nothing else changes")
  func distillation() async throws {
    let path = try await prepared()
    let teaching = DenoiserTraining(try plan(path, "denoiser", steps: 1), pairCount: 4, sampleSteps: 2)
    #expect(try await teaching.run(runtime) { _ in }.isFinished)
    let distillation = DenoiserDistillation(
      try plan(model("denoiser"), "distilled", steps: 3, startsFromScratch: false), pairCount: 4, guidance: 3,
      teacherSteps: 20)
    #expect(try await distillation.run(runtime) { _ in }.isFinished)
    let (before, after) = (
      try DiffusionModel(path: model("denoiser")), try DiffusionModel(path: model("distilled"))
    )
    #expect(try after.schedule.sampler == .lcm && after.schedule.distilledStepCount == 20)
    let index = try String(contentsOfFile: model("distilled") + "/model_index.json", encoding: .utf8)
    #expect(index.contains("LCMScheduler"))
    for component in [ModelComponent.autoencoder, .imageEncoder] {
      #expect(
        try before.weights(of: component).tensors.mapValues { $0.floats() }
          == after.weights(of: component).tensors.mapValues { $0.floats() })
    }
    let (old, new) = (try before.weights(of: .unet), try after.weights(of: .unet))
    #expect(old["conv_in.weight"]!.floats() != new["conv_in.weight"]!.floats())
    #expect(new.tensors.values.allSatisfy { $0.floats()!.allSatisfy(\.isFinite) })
    let again = DenoiserDistillation(
      try plan(model("distilled"), "again", steps: 1, startsFromScratch: false), pairCount: 4)
    await #expect(throws: TrainingError.self) { try await again.run(runtime) { _ in } }
    let random = DenoiserDistillation(try plan(model("denoiser"), "again", steps: 1), pairCount: 4)
    await #expect(throws: TrainingError.self) { try await random.run(runtime) { _ in } }
  }

  /// Whether a weight cannot change anything with a single token, and so is not trained.
  private func isFolded(_ name: String) -> Bool {
    name.contains("attn1.to_q") || name.contains("attn1.to_k")
  }

  @Test(
    "pairs encoded together are encoded as each by itself; targets can be means, scenes with holes are samples"
  )
  func together() async throws {
    let model = try DiffusionModel(path: try await prepared())
    let coding = try LatentCoding(model, ComputeOptions(.f32), runtime: runtime)
    let encoding = try ExemplarEncoding(model, ComputeOptions(.f32), runtime: runtime)
    let pairs = PairEncoding(
      coding: coding, encoding: encoding, preprocessing: try model.preprocessing(), tokens: .classToken,
      seed: 1)
    let data = try BatchTests.world()
    let prepared = try (0..<3).map { try pairs.prepared(data.pair($0), index: $0) }
    let all = try await pairs.encoded(prepared)
    for (pair, encoded) in zip(prepared, all) {
      let alone = try await pairs.encoded([pair])[0]
      let latent = try await coding.encode(pair.target, noise: pair.targetNoise)
      #expect(zip(encoded.latent, latent).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(zip(encoded.masked, alone.masked).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(zip(encoded.token, alone.token).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(encoded.keep == alone.keep && encoded.latent.count == latent.count)
    }
    #expect(all[0].token != all[1].token && all[0].latent != all[1].latent)
    let means = PairEncoding(
      coding: coding, encoding: encoding, preprocessing: try model.preprocessing(), tokens: .classToken,
      target: .mean, seed: 1)
    let mean = try await means.encoded([means.prepared(data.pair(0), index: 0)])[0]
    let expected = try await coding.encode(prepared[0].target)
    #expect(zip(mean.latent, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(mean.latent != all[0].latent)
    #expect(zip(mean.masked, all[0].masked).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test("a part of encoded pairs that failed is made when it is next asked for; a damaged file is made anew")
  func failedParts() async throws {
    let model = try DiffusionModel(path: try await prepared())
    let encoding = PairEncoding(
      coding: try LatentCoding(model, ComputeOptions(.f32), runtime: runtime),
      encoding: try ExemplarEncoding(model, ComputeOptions(.f32), runtime: runtime),
      preprocessing: try model.preprocessing(), tokens: .classToken, seed: 1)
    let flaky = FlakyData(try BatchTests.world())
    let folder = small.folder.file("cache")
    func cache() throws -> LatentCache {
      try LatentCache(flaky, encoding, count: 3, identity: "test", folder: folder)
    }
    let first = try cache()
    flaky.fails = true
    await #expect(throws: TrainingError.self) { try await first.pair(0) }
    flaky.fails = false
    let pair = try await first.pair(0)
    #expect(pair.latent.count > 0)
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap {
      $0 as? URL
    }
    let part = try #require(files?.first { $0.lastPathComponent == "part-0.safetensors" })
    try Data(contentsOf: part).dropLast(5).write(to: part)
    #expect(try await cache().pair(0).latent == pair.latent)
  }

  @Test(
    "an example and its noise are the same in a batch of four and in two of two; slight noise counts less")
  func batches() async throws {
    let model = try DiffusionModel(path: try await prepared())
    let coding = try LatentCoding(model, ComputeOptions(.f32), runtime: runtime)
    let encoding = PairEncoding(
      coding: coding, encoding: try ExemplarEncoding(model, ComputeOptions(.f32), runtime: runtime),
      preprocessing: try model.preprocessing(), tokens: .classToken, seed: 1)
    let data = try BatchTests.world()
    let cache = try LatentCache(
      data, encoding, count: 4, identity: "test", folder: small.folder.file("cache"))
    func batches(_ batch: Int, _ prediction: SchedulerConfiguration.Prediction = .velocity) throws
      -> DenoisingBatches
    {
      let side = data.size / coding.scale
      return DenoisingBatches(
        batchSize: batch, cache: cache, order: PairOrder(count: 4, seed: 3), unet: try model.unet(),
        schedule: NoiseSchedule(try model.schedule), prediction: prediction,
        latentShape: [coding.channels, side, side],
        tokenShape: [1, try model.exemplarEncoder().configuration.width], dropRate: 0, signalLimit: 5,
        microBatches: 4 / batch, seed: 3)
    }
    let whole = try await batches(4).inputs(step: 2, micro: 0)
    let parts = [
      try await batches(2).inputs(step: 2, micro: 0), try await batches(2).inputs(step: 2, micro: 1),
    ]
    for name in ["sample", "target", "time", "token", "weight"] {
      #expect(whole[name]!.floats == parts.flatMap { $0[name]!.floats }, "\(name)")
    }
    // The velocity and the noised latents together are the clean latents.
    let noises = try await batches(4, .epsilon).inputs(step: 2, micro: 0)["target"]!.floats
    let clean = try await batches(4, .sample).inputs(step: 2, micro: 0)["target"]!.floats
    #expect(Set(noises).count > 100)
    let schedule = NoiseSchedule(try model.schedule)
    let times = whole["time"]!.floats
    let width = times.count / 4
    for place in 0..<4 {
      let row = Array(times[place * width..<(place + 1) * width])
      let time = try #require(
        (0..<schedule.stepCount).first { (try? model.unet().timestepEmbedding(Float($0)).floats) == row })
      let kept = schedule.alphasCumprod[time]
      for index in place * clean.count / 4..<(place + 1) * clean.count / 4 {
        let velocity = kept.squareRoot() * noises[index] - (1 - kept).squareRoot() * clean[index]
        #expect(abs(whole["target"]!.floats[index] - velocity) < 1e-6)
      }
      #expect(abs(whole["weight"]!.floats[place] - min(1, 5 * (1 - kept) / kept)) < 1e-6)
    }
  }

  @Test("a training that was interrupted goes on to the same losses; another recipe in its folder is refused")
  func goingOn() async throws {
    let path = try await prepared()
    let straight = DenoiserTraining(try plan(path, "straight", steps: 4), pairCount: 6, sampleSteps: 1)
    _ = try await straight.run(runtime) { _ in }
    for steps in [2, 4] {
      let part = DenoiserTraining(try plan(path, "parts", steps: steps), pairCount: 6, sampleSteps: 1)
      _ = try await part.run(runtime) { _ in }
    }
    #expect(try losses("parts") == losses("straight"))
    var other = DenoiserTraining(try plan(path, "parts", steps: 6), pairCount: 6, sampleSteps: 1)
    other.dropRate = 0.5
    await #expect { _ = try await other.run(runtime) { _ in } } throws: {
      "\($0)".contains("subject.dropRate is 0.5, and was 0.2")
    }
  }

  @Test("a model in half precision is trained on in single precision, from the numbers it has")
  func halfPrecision() async throws {
    let path = try await prepared()
    let first = DenoiserTraining(try plan(path, "first", steps: 1), pairCount: 4, sampleSteps: 1)
    _ = try await first.run(runtime) { _ in }
    let half = small.folder.file("half").path
    try ModelConversion(path: model("first"), as: .float16).write(to: half)
    var second = DenoiserTraining(
      try plan(half, "second", steps: 1, startsFromScratch: false), pairCount: 4, sampleSteps: 1)
    second.plan.settings.optimizer = AdamW(rate: 0, weightDecay: 0)
    #expect(try await second.run(runtime) { _ in }.isFinished)
    let (before, after) = (
      try DiffusionModel(path: half).weights(of: .unet),
      try DiffusionModel(path: model("second")).weights(of: .unet)
    )
    for (name, tensor) in after.tensors {
      #expect(tensor.scalarType == .float32 && before[name]!.scalarType == .float16)
      #expect(tensor.floats() == before[name]!.floats(), "\(name)")
    }
  }

  @Test("all tokens are learnt from where the bottleneck is taken away")
  func allTokens() async throws {
    let path = try await prepared()
    let training = DenoiserTraining(
      try plan(path, "naive", steps: 2), pairCount: 4, tokens: .allTokens, sampleSteps: 1)
    #expect(try await training.run(runtime) { _ in }.isFinished)
    #expect(try losses("naive").allSatisfy(\.isFinite))
  }

  @Test("a prior's denoiser is begun with, its missing input channels zero: they change nothing at first")
  func prior() async throws {
    let path = try await prepared()
    let unet = try DiffusionModel(path: small.path).unet()
    var shapes = try unet.weightShapes
    shapes["conv_in.weight"]![1] = 4
    let narrow = TensorWeights(beginning: shapes, seed: 9)
    let folder = small.folder.file("prior")
    try FileManager.default.copyItem(at: small.folder.file("shapes"), to: folder)
    let weights = Checkpoint(tensors: try narrow.tensors.mapValues { try CheckpointTensor($0) })
    try weights.write(to: folder.appending(path: "unet/diffusion_pytorch_model.safetensors").path)
    var training = DenoiserTraining(
      try plan(path, "begun", steps: 1, startsFromScratch: false), pairCount: 4, sampleSteps: 1)
    training.prior = try DiffusionModel(path: folder.path)
    // One step of no length leaves what was begun with.
    training.plan.settings.optimizer = AdamW(rate: 0, weightDecay: 0)
    _ = try await training.run(runtime) { _ in }
    let kernel = try DiffusionModel(path: model("begun")).weights(of: .unet)["conv_in.weight"]!
    #expect(kernel.shape == [8, 9, 3, 3])
    let (values, own) = (kernel.floats()!, narrow.tensors["conv_in.weight"]!.floats)
    for filter in 0..<8 {
      #expect(Array(values[filter * 81..<filter * 81 + 36]) == Array(own[filter * 36..<filter * 36 + 36]))
      #expect(values[filter * 81 + 36..<(filter + 1) * 81].allSatisfy { $0 == 0 })
    }
  }
}

/// Data that can be made to fail.
private final class FlakyData: TrainingData {
  private let data: any TrainingData
  private let isFailing = Mutex(false)
  var fails: Bool {
    get { isFailing.withLock { $0 } }
    set { isFailing.withLock { $0 = newValue } }
  }

  init(_ data: any TrainingData) { self.data = data }

  private func checked<Value>(_ value: () throws -> Value) throws -> Value {
    if fails { throw TrainingError("a fault that passes") }
    return try value()
  }

  var count: Int? { data.count }
  var size: Int { data.size }
  var identity: JSONValue { data.identity }
  func pair(_ index: Int) throws -> Pair { try checked { try data.pair(index) } }
  func picture(_ index: Int) throws -> Image { try checked { try data.picture(index) } }
  func views(_ index: Int) throws -> (Image, Image) { try checked { try data.views(index) } }
}
