import EngineTesting
import Foundation
import Synchronization
import Tensors
import Testing
import Torch
import Training

@Suite("Steps of a training")
struct OptimizingTests {
  @Test(
    "warm-up, clipping, AdamW and the average of the weights are torch's and diffusers'",
    arguments: [false, true])
  func reference(isTorch: Bool) async throws {
    let (batches, workshop) = (try FixtureBatches(), try Workshop())
    let model: any GradientExecutable = isTorch ? try await torch(batches) : try stub(batches)
    let settings = try TrainerSettings(
      steps: 12,
      optimizer: AdamW(rate: 0.05, firstDecay: 0.8, secondDecay: 0.95, epsilon: 1e-6, weightDecay: 0.1),
      learningRate: LearningRate(warmUp: 4), gradientLimit: 5, average: MovingAverage(decay: 0.4),
      sampleInterval: 1)
    let trainer = try await Trainer(model, on: batches, settings: settings, folder: workshop.url)
    let count = Mutex(0)
    let samples: @Sendable (TrainingSnapshot) async throws -> Void = { snapshot in
      for name in ["a", "b"] {
        let entry = "\(name).\(snapshot.step)"
        let weights = try #require(snapshot.weights[name]).floats
        let average = try #require(snapshot.average?[name]).floats
        #expect(mismatch(weights, try batches.tensor(entry).floats, relative: 1e-6) == nil)
        #expect(mismatch(average, try batches.tensor("\(entry).average").floats, relative: 1e-6) == nil)
        for (part, ending) in [(ParameterPart.firstMoment, "firstMoment"), (.secondMoment, "secondMoment")] {
          let moment = try await model.read(part, of: name).floats
          #expect(mismatch(moment, try batches.tensor("\(entry).\(ending)").floats, relative: 1e-6) == nil)
        }
      }
      count.withLock { $0 += 1 }
    }
    _ = try await trainer.run(samples: samples)
    #expect(count.withLock { $0 } == 12)
    let metrics = try workshop.metrics()
    let norms = metrics.map { Float($0.gradientNorm ?? .nan) }
    #expect(mismatch(norms, try batches.tensor("norms").floats, relative: 1e-6) == nil)
    #expect(metrics.map { Float($0.learningRate) } == (try batches.tensor("rates").floats))
  }

  private func stub(_ batches: FixtureBatches) throws -> StubModel {
    let start = ["a": try batches.tensor("a.0"), "b": try batches.tensor("b.0")]
    return StubModel(start, inputs: ["ga": start["a"]!.type, "gb": start["b"]!.type]) { inputs, parameters in
      let products = zip(inputs["ga"]! + inputs["gb"]!, parameters["a"]! + parameters["b"]!).map { $0 * $1 }
      return (products.reduce(0, +), ["a": inputs["ga"]!, "b": inputs["gb"]!])
    }
  }

  private func torch(_ batches: FixtureBatches) async throws -> any GradientExecutable {
    let builder = GraphBuilder()
    let a = try builder.constant(Constant(batches.tensor("a.0")).trained(as: "a"))
    let b = try builder.constant(Constant(batches.tensor("b.0")).trained(as: "b"))
    let first = try (builder.input("ga", .f32, a.shape) * a).reduced(.sum, axes: [0], keepsDimensions: false)
    let second = try (builder.input("gb", .f32, b.shape) * b).reduced(
      .sum, axes: [0, 1], keepsDimensions: false)
    return try await makeTorch().compile(
      builder.finish(["loss": first + second]), differentiating: "loss", options: .init(precision: .f32))
  }

  @Test("a cosine begins at the full rate after the warm-up, is half of it midway, and ends at zero")
  func cosine() {
    let rate = LearningRate(warmUp: 10, schedule: .cosine(steps: 110))
    #expect(rate.factor(at: 1) == 0.1)
    #expect(rate.factor(at: 10) == 1)
    #expect(rate.factor(at: 11) == 1)
    #expect(abs(rate.factor(at: 61) - 0.5) < 1e-12)
    #expect(rate.factor(at: 110) > 0)
    #expect(rate.factor(at: 111) == 0)
    #expect(rate.factor(at: 1000) == 0)
    #expect(LearningRate().factor(at: 1) == 1)
  }

  @Test(
    "an average with a plain decay has it from the first update on; with the warm-up it follows faster at first"
  )
  func decay() {
    #expect(MovingAverage(decay: 0.99, rule: .plain).decay(at: 1) == 0.99)
    let average = MovingAverage(decay: 0.99)
    let decays = [1, 2, 11, 100_000].map { average.decay(at: $0) }
    let expected: [Double] = [0, 2.0 / 11, 11.0 / 20, 0.99]
    #expect(decays == expected)
  }

  @Test("random numbers are decided by seed, step, micro-batch and purpose, and are normal")
  func randomness() {
    let draw = { (seed: Int, step: Int, micro: Int, purpose: String) in
      var random = StepRandom(seed: seed, step: step, micro: micro, purpose: purpose)
      return random.normal(count: 5)
    }
    let first = draw(1, 2, 3, "noise")
    #expect(draw(1, 2, 3, "noise") == first)
    for other in [
      draw(2, 2, 3, "noise"), draw(1, 3, 3, "noise"), draw(1, 2, 2, "noise"), draw(1, 2, 3, "time"),
    ] {
      #expect(Set(other).isDisjoint(with: first))
    }
    var random = StepRandom(seed: 5, step: 1, micro: 0, purpose: "noise")
    let values = random.normal(count: 20_001)
    #expect(values.count == 20_001)
    #expect(abs(values.reduce(0, +) / 20_001) < 0.03)
    #expect(abs(values.map { $0 * $0 }.reduce(0, +) / 20_001 - 1) < 0.05)
  }

  @Test("gradients that overflow in half precision cost a step and half the factor, and nothing else")
  func lossScale() async throws {
    let limit: Float = 1000
    // An overflow wherever the scaled loss would be; the stub scales after that, so the gradient itself must tell.
    let model = OverflowingModel(.regression(), above: limit)
    let (scaled, plain) = (try Workshop(), try Workshop())
    _ = try await scaled.trainer(9, model: model) {
      $0.scalesLoss = true
      $0.accumulation = 1
    }.run()
    let metrics = try scaled.metrics()
    // 65 536 / 2⁷ = 512.
    #expect(metrics.map { $0.gradientNorm == nil } == Array(repeating: true, count: 7) + [false, false])
    _ = try await plain.trainer(9) { $0.accumulation = 1 }.run()
    // The weights of both were moved as often by the rule, and the loss before any step is that of the start.
    #expect(try plain.metrics()[0].loss == metrics[0].loss)
    #expect(metrics[8].loss.isFinite)
  }

  @Test("libtorch trains a network of two layers to tell when one of two numbers is set, not both")
  func learning() async throws {
    let workshop = try Workshop()
    let builder = GraphBuilder()
    let weight = { (name: String, shape: [Int], seed: Int) throws -> Node in
      var random = StepRandom(seed: seed, step: 1, micro: 0, purpose: name)
      let values = random.normal(count: shape.reduce(1, *))
      return try builder.constant(Constant(Tensor(values, shape: shape)).trained(as: name))
    }
    let x = try builder.input("x", .f32, [4, 2])
    let hidden = try (x.matMul(weight("first.weight", [2, 8], 1)) + weight("first.bias", [8], 1)).map(.tanh)
    let y = try hidden.matMul(weight("second.weight", [8, 1], 1)) + weight("second.bias", [1], 1)
    let error = try y - builder.input("y", .f32, [4, 1])
    let graph = try builder.finish([
      "loss": (error * error).reduced(.mean, axes: [0, 1], keepsDimensions: false), "y": y,
    ])
    let model = try await makeTorch().compile(
      graph, differentiating: "loss", options: .init(precision: .f32, threads: 1))
    let settings = try TrainerSettings(
      steps: 150, optimizer: AdamW(rate: 0.05, weightDecay: 0), learningRate: LearningRate(warmUp: 5))
    let outcome = try await Trainer(model, on: ExclusiveOr(), settings: settings, folder: workshop.url).run()
    #expect(outcome.isFinished)
    let answers = try #require(try await model.run(ExclusiveOr().inputs(step: 1, micro: 0))["y"]).floats
    #expect(answers.map { $0 > 0.5 } == [false, true, true, false])
    #expect(try workshop.metrics().last!.loss < 0.01)
  }
}

/// All there is to know of the exclusive or.
private struct ExclusiveOr: BatchSource {
  let batchSize = 4

  func inputs(step: Int, micro: Int) -> [String: Tensor] {
    ["x": Tensor([0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2]), "y": Tensor([0, 1, 1, 0], shape: [4, 1])]
  }
}

/// A model whose gradients overflow once they are scaled by more than a limit.
private struct OverflowingModel: GradientExecutable {
  private let model: StubModel
  private let limit: Double
  var inputs: [String: TensorType] { model.inputs }
  var outputs: [String: TensorType] { model.outputs }
  var parameters: [String: TensorType] { model.parameters }

  init(_ model: StubModel, above limit: Float) {
    self.model = model
    self.limit = Double(limit)
  }

  func run(_ inputs: [String: Tensor]) async throws -> [String: Tensor] { try await model.run(inputs) }
  func differentiate(_ inputs: [String: Tensor], scale: Double) async throws -> [String: Tensor] {
    try await model.differentiate(inputs, scale: scale > limit ? .infinity : scale)
  }
  func clearGradients() async { await model.clearGradients() }
  func gradientNorm() async -> Double { await model.gradientNorm() }
  func update(_ optimizer: AdamW, step: Int, gradientScale: Double) async {
    await model.update(optimizer, step: step, gradientScale: gradientScale)
  }
  func read(_ part: ParameterPart, of parameter: String) async throws -> Tensor {
    try await model.read(part, of: parameter)
  }
  func write(_ part: ParameterPart, of parameter: String, _ tensor: Tensor) async throws {
    try await model.write(part, of: parameter, tensor)
  }
}
