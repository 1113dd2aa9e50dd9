import Foundation
import Foundations
import Tensors
import Testing
import Training

@Suite("A training that goes on")
struct ResumingTests {
  @Test("six steps are three, a checkpoint and three by another trainer, bit for bit")
  func resumption() async throws {
    let (straight, interrupted) = (try Workshop(), try Workshop())
    #expect(try await straight.trainer(6).run().isFinished)
    _ = try await interrupted.trainer(3).run()
    var second: Trainer? = try await interrupted.trainer(6)
    #expect(await second?.step == 3)
    let outcome = try #require(try await second?.run())
    // With it goes its lock on the folder.
    second = nil
    // The last step's loss, also of a training that has nothing left to do.
    let last = try straight.metrics().last
    #expect(outcome.loss == last?.loss && last != nil)
    let again = try await interrupted.trainer(6).run()
    #expect(again.loss == last?.loss)
    #expect(try interrupted.metrics().map(\.loss) == straight.metrics().map(\.loss))
    let numbers = try straight.numbers("step-00000006")
    #expect(
      numbers.keys.sorted()
        == ["average", "firstMoment", "secondMoment", "weights"].map { "\($0).safetensors" })
    #expect(try interrupted.numbers("step-00000006") == numbers)
    #expect(Set(numbers.values).count == 4)
  }

  @Test("what a killed process did after its last checkpoint is done again, and nothing of it is left")
  func death() async throws {
    let (straight, killed) = (try Workshop(), try Workshop())
    _ = try await straight.trainer(6).run()
    await #expect(throws: PlaneBatches.NoMore.self) {
      _ = try await killed.trainer(6, on: PlaneBatches(end: 6)).run()
    }
    // Steps 4 and 5 are written down; a line and a checkpoint were cut short.
    let log = try FileHandle(forWritingTo: killed.url.appending(path: "metrics.jsonl"))
    try log.seekToEnd()
    try log.write(contentsOf: Data(#"{"step":5,"lo"#.utf8))
    try log.close()
    let part = killed.url.appending(
      path: "checkpoints/\(TemporaryName.make(extension: nil))/weights.safetensors")
    try FileManager.default.createDirectory(
      at: part.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("half".utf8).write(to: part)

    let trainer = try await killed.trainer(6)
    #expect(await trainer.step == 3)
    #expect(try killed.checkpoints() == ["step-00000003"])
    _ = try await trainer.run()
    #expect(try killed.metrics().map(\.step) == Array(1...6))
    #expect(try killed.metrics().map(\.loss) == straight.metrics().map(\.loss))
    #expect(try killed.numbers("step-00000006") == straight.numbers("step-00000006"))
  }

  @Test("a cancelled training finishes its step, leaves a whole checkpoint, and goes on from there")
  func interruption() async throws {
    let workshop = try Workshop()
    let (steps, report) = AsyncStream.makeStream(of: Int.self)
    let trainer = try await workshop.trainer(1_000_000) { $0.checkpointInterval = 1_000_000 }
    let training = Task { try await trainer.run(progress: { report.yield($0.metrics.step) }) }
    for await step in steps where step == 2 { training.cancel(); break }
    guard case .interrupted(let step) = try await training.value else {
      Issue.record("not interrupted")
      return
    }
    #expect(step >= 2)
    let straight = try Workshop()
    _ = try await straight.trainer(step).run()
    let name = try #require(try workshop.checkpoints().first)
    #expect(try workshop.numbers(name) == straight.numbers(name))
    #expect(try workshop.metrics().map(\.loss) == straight.metrics().map(\.loss))
  }

  @Test(
    "a loss that is no number stops with its step, and the last good checkpoint stays",
    arguments: [
      Float.nan, .infinity,
    ])
  func damagedLoss(target: Float) async throws {
    let workshop = try Workshop()
    let trainer = try await workshop.trainer(9, on: PlaneBatches(damage: (5, target)))
    let error = await #expect(throws: TrainingError.self) { _ = try await trainer.run() }
    #expect(error?.description.hasPrefix("step 5: the loss is") == true)
    #expect(error?.description.contains("step-00000003") == true)
    #expect(try workshop.checkpoints() == ["step-00000003"])
    #expect(try workshop.metrics().map(\.step) == Array(1...4))
  }

  @Test("a gradient that is no number stops with its step, too, before any weight is changed")
  func damagedGradient() async throws {
    let workshop = try Workshop()
    let model = StubModel(["w": Tensor([1], shape: [1])], inputs: ["x": TensorType(.f32, [4, 2])]) { _, _ in
      (1, ["w": [.nan]])
    }
    let trainer = try await workshop.trainer(9, on: PointBatches(), model: model)
    let error = await #expect(throws: TrainingError.self) { _ = try await trainer.run() }
    #expect(
      error?.description.hasPrefix("step 1: a gradient is no finite number; there is no checkpoint yet")
        == true)
    #expect(try await model.read(.value, of: "w").floats == [1])
    #expect(try workshop.checkpoints().isEmpty)
  }

  @Test("other settings are refused, and the message says which")
  func otherSettings() async throws {
    let workshop = try Workshop()
    _ = try await workshop.trainer(3).run()
    let error = await #expect(throws: TrainingError.self) {
      _ = try await workshop.trainer(6, seed: 2) {
        $0.optimizer.rate = 0.1; $0.average = nil
      }
    }
    let text = error?.description ?? ""
    #expect(text.contains("subject.seed is 2, and was 1; trainer.average is null, and was {"))
    #expect(text.contains("trainer.optimizer.rate is 0.1, and was 0.05"))
    #expect(!text.contains("warmUp is"))
    // How long it goes on, and when files are written, is no such setting.
    let longer = try await workshop.trainer(50) { $0.checkpointInterval = 7 }
    #expect(await longer.step == 3)
  }

  @Test("a checkpoint of another network is refused with the parameter's name")
  func otherNetwork() async throws {
    let workshop = try Workshop()
    _ = try await workshop.trainer(3).run()
    let model = StubModel(
      ["w": Tensor([1, 2, 3], shape: [3]), "b": Tensor([0], shape: [1])], inputs: [:]
    ) { _, _ in (0, [:]) }
    let error = await #expect(throws: TrainingError.self) { _ = try await workshop.trainer(6, model: model) }
    #expect(error?.description.hasSuffix("the network's parameter 'w' [3] is [2] there") == true)
  }

  @Test("the newest checkpoints are kept")
  func retention() async throws {
    let workshop = try Workshop()
    _ = try await workshop.trainer(11) {
      $0.checkpointInterval = 2; $0.checkpointCount = 3
    }.run()
    #expect(try workshop.checkpoints() == ["step-00000008", "step-00000010", "step-00000011"])
  }

  @Test("two trainers cannot work in one folder at a time")
  func exclusion() async throws {
    let workshop = try Workshop()
    let first = try await workshop.trainer(3)
    let error = await #expect(throws: TrainingError.self) { _ = try await workshop.trainer(3) }
    #expect(error?.description.hasPrefix("another process is training in ") == true)
    _ = try await first.run()
  }

  @Test("two processes give the losses and weights of one with twice the micro-batches")
  func processes() async throws {
    let (single, shared) = (try Workshop(), try Workshop())
    _ = try await single.trainer(6).run()
    let barrier = Barrier()
    async let other = Workshop().trainer(6, exchange: Seat(rank: 1, barrier: barrier)) { $0.accumulation = 1 }
      .run()
    let trainer = try await shared.trainer(6, exchange: Seat(rank: 0, barrier: barrier)) {
      $0.accumulation = 1
    }
    #expect(try await trainer.run().isFinished)
    #expect(try await other.isFinished)
    for (one, two) in zip(try single.metrics(), try shared.metrics()) {
      #expect(abs(one.loss - two.loss) < 1e-5)
    }
    #expect(try shared.metrics().count == 6)
    // A checkpoint of two is one of one.
    #expect(await (try single.trainer(9)).step == 6)
  }
}

private struct PointBatches: BatchSource {
  let batchSize = 4
  func inputs(step: Int, micro: Int) -> [String: Tensor] {
    ["x": Tensor([Float](repeating: 1, count: 8), shape: [4, 2])]
  }
}

/// Where two trainers of one process exchange numbers.
private actor Barrier {
  private var waiting: (values: [Float], continuation: CheckedContinuation<[Float], Never>)?

  func mean(_ values: [Float]) async -> [Float] {
    guard let (others, continuation) = waiting else {
      return await withCheckedContinuation { waiting = (values, $0) }
    }
    waiting = nil
    let mean = zip(values, others).map { ($0 + $1) / 2 }
    continuation.resume(returning: mean)
    return mean
  }
}

private struct Seat: GradientExchange {
  let rank: Int
  let processCount = 2
  let barrier: Barrier

  func average(_ values: inout [Float]) async { values = await barrier.mean(values) }
}

extension TrainingOutcome {
  fileprivate var loss: Float? { if case .finished(let last) = self { last?.loss } else { nil } }
}
