import Diffusion
import Foundation
import OpenVINO
import Tensors
import Torch

/// The same small denoiser on both engines, run in turn: milliseconds of one step, and of one step with gradients.
///
/// Usage: engine-benchmark CONFIG.json [pictures [rounds]]. The configuration is a diffusers UNet's; latents are
/// 16×16, one picture or several at a time, with one context token each. Weights are any numbers, for they do not change the time.
@main
struct EngineBenchmark {
  static func main() async throws {
    let words = CommandLine.arguments
    guard words.count >= 2 else {
      print("usage: engine-benchmark CONFIG.json [pictures [rounds]]")
      exit(64)
    }
    let configuration = try UNetConfiguration(contentsOf: words[1])
    let pictures = words.count > 2 ? Int(words[2]) ?? 1 : 1
    let rounds = words.count > 3 ? Int(words[3]) ?? 11 : 11
    let denoiser = try Denoiser(configuration, pictures: pictures)
    let options = CompileOptions(precision: .f32)
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

    let trained = try await torch.compile(denoiser.graph, differentiating: "loss", options: options)
    var times: [Double] = []
    for _ in 0...rounds {
      let start = ContinuousClock.now
      _ = try await trained.differentiate(denoiser.inputs, scale: 1)
      times.append(start.duration(to: .now) / .milliseconds(1))
    }
    print("libtorch with gradients: \(summary(Array(times.dropFirst())))")
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

  init(_ configuration: UNetConfiguration, pictures: Int) throws {
    let network = try UNet(configuration).graph(
      AnyNumbers(), height: 16, width: 16, contexts: pictures, pictures: pictures)
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
