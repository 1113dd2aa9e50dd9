import Foundation
import Tensors
import Torch
import Training

/// One of the processes that train a small network together, as a launcher starts it, for tests.
///
/// Usage: train-together FOLDER ACCUMULATION [TIMEOUT [end|hang STEP]]: six steps, waiting for the others so many
/// seconds; with a fate, the process that was started as the last one meets it instead of that step.
@main
struct TrainTogether {
  static func main() async {
    do {
      try await train(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  private static func train(_ words: [String]) async throws {
    let place = try ProcessPlace(environment: ProcessInfo.processInfo.environment)
    let timeout = Duration.seconds(words.count > 2 ? Int(words[2])! : 600)
    let exchange: any GradientExchange =
      if let place { try await TorchExchange(place, timeout: timeout) } else { SingleProcess() }
    var batches = Curve()
    if words.count > 4, let place, place.rank == place.count - 1 {
      batches.fate = (words[3] == "hang" ? .hang : .end, Int(words[4])!)
    }
    let model = try await TorchEngine().compile(
      network(), differentiating: "loss", options: CompileOptions(precision: .f32, threads: 1))
    let settings = try TrainerSettings(
      steps: 6, optimizer: AdamW(rate: 0.05), accumulation: Int(words[1])!, checkpointInterval: 3)
    let trainer = try await Trainer(
      model, on: batches, settings: settings, folder: URL(filePath: words[0]), exchange: exchange)
    _ = try await trainer.run()
    // Whoever leaves first would end what the others still wait for.
    if let exchange = exchange as? TorchExchange { try await exchange.waitForAll() }
  }

  /// Two layers and the mean of their errors' squares; a parameter that no gradient reaches is among them.
  private static func network() throws -> Graph {
    let builder = GraphBuilder()
    let weight = { (name: String, shape: [Int]) throws -> Node in
      var random = StepRandom(seed: 1, step: 1, micro: 0, purpose: name)
      let values = random.normal(count: shape.reduce(1, *))
      return try builder.constant(Constant(Tensor(values, shape: shape)).trained(as: name))
    }
    let x = try builder.input("x", .f32, [Curve.count, 1])
    let hidden = try (x.matMul(weight("first.weight", [1, 8])) + weight("first.bias", [8])).map(.tanh)
    let y = try hidden.matMul(weight("second.weight", [8, 1]))
    let error = try y - builder.input("y", .f32, [Curve.count, 1])
    return try builder.finish([
      "loss": (error * error).reduced(.mean, axes: [0, 1], keepsDimensions: false),
      "unused": weight("unused", [2]) * 2,
    ])
  }
}

/// Points of a sine, decided by step and micro-batch.
private struct Curve: BatchSource {
  enum Fate { case end, hang }

  static let count = 4
  let batchSize = Curve.count
  var fate: (kind: Fate, step: Int)?

  func inputs(step: Int, micro: Int) async throws -> [String: Tensor] {
    switch fate {
    case (.end, step)?: exit(9)
    case (.hang, step)?: try await Task.sleep(for: .seconds(3600))
    default: break
    }
    var random = StepRandom(seed: 1, step: step, micro: micro, purpose: "curve")
    let x = random.normal(count: Curve.count)
    return [
      "x": Tensor(x, shape: [Curve.count, 1]), "y": Tensor(x.map { sin($0) }, shape: [Curve.count, 1]),
    ]
  }
}
