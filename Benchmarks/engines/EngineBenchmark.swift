import Diffusion
import Foundation
import OpenVINO
import Tensors
import Torch

/// The same small denoiser on both engines, run in turn: milliseconds of one step, and of one step of training.
///
/// Usage: engine-benchmark CONFIG.json [pictures [side [threads [rounds]]]]. The configuration is a diffusers UNet's;
/// latents are square, 16 on a side unless said otherwise, one picture or several at a time, with one context token
/// each. Weights are any numbers, for they do not change the time. Times of the processor are those of all threads,
/// which other work on the machine disturbs less than the clock on the wall. With `training` after all these, the
/// engines are not compared; `recomputing` trains with less memory, `bf16` and `f16` in mixed precision.
/// `Benchmarks/training-step.py` takes the same step by PyTorch. With `steps` (and `tokens=N`), OpenVINO alone takes one for
/// every line of the input and says what it took: so `Benchmarks/denoiser` times it in turn with its peers. `plain` computes
/// convolutions as the runtime does by itself.
@main
struct EngineBenchmark {
  static func main() async throws {
    let words = CommandLine.arguments
    guard words.count >= 2 else {
      print(
        "usage: engine-benchmark CONFIG.json [pictures [side [threads [rounds]]]] [training] [recomputing] [steps] [tokens=N] [plain] [bf16]"
      )
      exit(64)
    }
    let number = { (index: Int, fallback: Int) in
      words.count > index ? Int(words[index]) ?? fallback : fallback
    }
    let configuration = try UNetConfiguration(contentsOf: words[1])
    let rounds = number(5, 11)
    let tokens =
      words.compactMap { $0.hasPrefix("tokens=") ? Int($0.dropFirst("tokens=".count)) : nil }.first ?? 1
    let denoiser = try Denoiser(configuration, pictures: number(2, 1), side: number(3, 16), tokens: tokens)
    let precision = Precision.allCases.first { words.contains($0.rawValue) } ?? .f32
    let options = CompileOptions(
      precision: .f32, threads: number(4, ProcessInfo.processInfo.activeProcessorCount))
    let mixed = CompileOptions(
      precision: precision, threads: options.threads, allowsWinograd: !words.contains("plain"))
    if words.contains("steps") { return try await takeSteps(denoiser, mixed) }
    if !words.contains("training") { try await compare(denoiser, options, rounds) }
    try await train(denoiser, mixed, recomputes: words.contains("recomputing"), rounds)
  }

  /// Takes a step for every line of the input, after one that warms up.
  private static func takeSteps(_ denoiser: Denoiser, _ options: CompileOptions) async throws {
    let network = try await OpenVINOEngine().compile(denoiser.graph, options: options)
    _ = try await network.run(denoiser.inputs)
    print("ready")
    fflush(nil)
    while readLine() != nil {
      let (start, used) = (ContinuousClock.now, clock())
      _ = try await network.run(denoiser.inputs)
      let wall = start.duration(to: .now) / .seconds(1)
      print("{\"wall\": \(wall), \"processor\": \(Double(clock() - used) / Double(CLOCKS_PER_SEC))}")
      fflush(nil)
    }
  }

  /// Runs both engines in turn.
  private static func compare(_ denoiser: Denoiser, _ options: CompileOptions, _ rounds: Int) async throws {
    let torch = try TorchEngine()
    let contestants: [(String, any Executable)] = [
      ("OpenVINO", try await OpenVINOEngine().compile(denoiser.graph, options: options)),
      ("libtorch \(torch.capabilities.version)", try await torch.compile(denoiser.graph, options: options)),
    ]
    var milliseconds = [[Double]](repeating: [], count: contestants.count)
    for round in 0...rounds {
      for (index, contestant) in contestants.enumerated() {
        let start = ContinuousClock.now
        _ = try await contestant.1.run(denoiser.inputs)
        if round > 0 { milliseconds[index].append(start.duration(to: .now) / .milliseconds(1)) }
      }
    }
    for (contestant, times) in zip(contestants, milliseconds) { print("\(contestant.0): \(summary(times))") }
    let ratios = zip(milliseconds[1], milliseconds[0]).map { $0 / $1 }.sorted()
    print("ratio, pair by pair: \(String(format: "%.2f", ratios[ratios.count / 2]))")
  }

  /// Takes steps of training: gradients, their length, AdamW.
  private static func train(
    _ denoiser: Denoiser, _ options: CompileOptions, recomputes: Bool, _ rounds: Int
  ) async throws {
    let torch = try TorchEngine()
    let model = try await torch.compile(
      denoiser.graph, differentiating: "loss", options: options, recomputes: recomputes)
    var (wall, processor): ([Double], [Double]) = ([], [])
    for round in 0...rounds {
      let (start, used) = (ContinuousClock.now, clock())
      try await model.clearGradients()
      _ = try await model.differentiate(denoiser.inputs, scale: 1)
      _ = try await model.gradientNorm()
      try await model.update(AdamW(rate: 1e-4), step: round + 1, gradientScale: 1)
      guard round > 0 else { continue }
      wall.append(start.duration(to: .now) / .milliseconds(1))
      processor.append(Double(clock() - used) / Double(CLOCKS_PER_SEC) * 1000)
    }
    print("a step of training, libtorch \(torch.capabilities.version): \(summary(wall))")
    print("  of the processor: \(summary(processor))")
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    print("  \(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "memory unknown")")
  }

  private static func summary(_ times: [Double]) -> String {
    let sorted = times.sorted()
    return String(
      format: "median %.1f ms (%.1f to %.1f)", sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
  }
}

/// A denoiser with the sum of its noise's squares as a loss, and inputs for it.
private struct Denoiser {
  let graph: Graph
  let inputs: [String: Tensor]

  init(_ configuration: UNetConfiguration, pictures: Int, side: Int, tokens: Int) throws {
    let network = try UNet(configuration).graph(
      AnyNumbers(), height: side, width: side, batch: pictures, tokens: tokens, pictures: pictures)
    let (builder, outputs) = GraphBuilder.continuing(network)
    let noise = outputs["noise"]!
    let loss = try (noise * noise).reduced(.mean, axes: [0, 1, 2, 3], keepsDimensions: false)
    graph = try builder.finish(["noise": noise, "loss": loss])
    inputs = graph.inputTypes.mapValues { numbers($0.shape) }
  }
}

/// Weights of any numbers, all trained.
private struct AnyNumbers: Weights {
  func constant(_ name: String, shape: [Int]) -> Constant { Constant(numbers(shape)).trained(as: name) }
}

/// Small numbers without a pattern.
private func numbers(_ shape: [Int]) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { sin(Float($0) * 1.7) / 16 }, shape: shape)
}
