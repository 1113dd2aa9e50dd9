import Diffusion
import Foundation
import Foundations
import Tensors
import Testing
import Training

/// Four points of a noisy plane, decided by seed, step and micro-batch.
struct PlaneBatches: BatchSource {
  let batchSize = 4
  var seed = 1
  /// A step whose first target is this instead.
  var damage: (step: Int, target: Float)?
  /// A step that cannot be had, as when the process dies there.
  var end: Int?

  struct NoMore: Error {}

  func inputs(step: Int, micro: Int) throws -> [String: Tensor] {
    if step == end { throw NoMore() }
    var random = StepRandom(seed: seed, step: step, micro: micro, purpose: "plane")
    let x = random.normal(count: 8)
    let noise = random.normal(count: 4)
    var y = noise.map { 0.5 + 0.1 * $0 }
    for index in 0..<4 { y[index] += 2 * x[2 * index] - x[2 * index + 1] }
    if let damage, step == damage.step { y[0] = damage.target }
    return ["x": Tensor(x, shape: [4, 2]), "y": Tensor(y, shape: [4])]
  }
}

/// The gradients in `Scripts/fixtures/optimizers.py`'s file, as inputs of the loss a · ga + b · gb.
struct FixtureBatches: BatchSource {
  let batchSize = 1
  let checkpoint: Checkpoint

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    checkpoint = try Checkpoint(contentsOf: folder.appending(path: "Fixtures/adamw.safetensors").path)
  }

  func inputs(step: Int, micro: Int) throws -> [String: Tensor] {
    ["ga": try tensor("a.\(step).gradient"), "gb": try tensor("b.\(step).gradient")]
  }

  func tensor(_ name: String) throws -> Tensor { try #require(checkpoint.tensor(name)) }
}

/// A folder for a training, that goes with the object.
final class Workshop {
  private let temporary: TemporaryFolder
  var url: URL { temporary.url.appending(path: "training") }

  init() throws { temporary = try TemporaryFolder() }

  func trainer(
    _ steps: Int, on batches: any BatchSource = PlaneBatches(),
    model: any GradientExecutable = StubModel.regression(),
    seed: Int = 1, exchange: any GradientExchange = SingleProcess(),
    change: (inout TrainerSettings) -> Void = { _ in }
  ) async throws -> Trainer {
    var settings = try TrainerSettings(
      steps: steps, optimizer: AdamW(rate: 0.05), learningRate: LearningRate(warmUp: 2), accumulation: 2,
      average: MovingAverage(decay: 0.9), checkpointInterval: 3)
    change(&settings)
    return try await Trainer(
      model, on: batches, settings: settings, folder: url, subject: ["seed": JSONValue(seed)],
      exchange: exchange)
  }

  /// The names of the checkpoints.
  func checkpoints() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.appending(path: "checkpoints").path).sorted()
  }

  /// The files of numbers of a checkpoint.
  func numbers(_ checkpoint: String) throws -> [String: Data] {
    let folder = url.appending(path: "checkpoints/\(checkpoint)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".safetensors")
    }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
  }

  func metrics() throws -> [TrainingMetrics] {
    try Data(contentsOf: url.appending(path: "metrics.jsonl")).split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(TrainingMetrics.self, from: $0)
    }
  }
}
