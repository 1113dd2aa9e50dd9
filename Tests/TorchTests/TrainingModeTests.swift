import EngineTesting
import Foundation
import Tensors
import Testing
import Torch

/// Gradients in other ways than by keeping everything in single precision.
@Suite("Gradients with less memory, and in mixed precision")
struct TrainingModeTests {
  @Test("values that are computed anew give the loss, the outputs and the gradients of those that are kept")
  func recomputing() async throws {
    let (graph, inputs) = try network()
    #expect(graph.segmentStarts.count >= 3)
    let kept = try await gradients(graph, inputs, precision: .f32, recomputes: false)
    let recomputed = try await gradients(graph, inputs, precision: .f32, recomputes: true)
    #expect(recomputed.outputs == kept.outputs)
    for (name, gradient) in kept.gradients {
      #expect(difference(recomputed.gradients[name]!, gradient) < 1e-6, "\(name)")
      #expect(gradient.contains { $0 != 0 }, "\(name)")
    }
  }

  @Test("gradients accumulate, and a step follows, with values computed anew as without")
  func recomputedSteps() async throws {
    let (graph, inputs) = try network()
    var weights: [[Float]] = []
    for recomputes in [false, true] {
      let model = try await compile(graph, .f32, recomputes: recomputes)
      for step in 1...3 {
        try await model.clearGradients()
        for scale in [0.5, 0.25] { _ = try await model.differentiate(inputs, scale: scale) }
        try await model.update(AdamW(rate: 0.01), step: step, gradientScale: 1)
      }
      weights.append(try await model.read(.value, of: "0.kernel").floats)
    }
    #expect(difference(weights[1], weights[0]) < 1e-5)
  }

  @Test("in bf16, products are rounded, gradients are f32's within 3 %, and all that is kept stays f32")
  func mixedPrecision() async throws {
    let (graph, inputs) = try network()
    let exact = try await gradients(graph, inputs, precision: .f32, recomputes: false)
    let mixed = try await gradients(graph, inputs, precision: .bf16, recomputes: false)
    #expect(mixed.outputs["loss"] != exact.outputs["loss"])
    #expect(difference(mixed.outputs["loss"]!.floats, exact.outputs["loss"]!.floats) < 0.01)
    for (name, gradient) in exact.gradients {
      let error = difference(mixed.gradients[name]!, gradient)
      #expect(error < 0.03, "\(name)")
    }
    let both = try await gradients(graph, inputs, precision: .bf16, recomputes: true)
    for (name, gradient) in mixed.gradients {
      #expect(difference(both.gradients[name]!, gradient) < 1e-2, "\(name)")
    }
  }

  @Test("a precision in which the device finds no gradients is refused, and what is not refused works")
  func halfPrecision() async throws {
    let (graph, inputs) = try network()
    do {
      let model = try await compile(graph, .f16, recomputes: false)
      let loss = try await model.differentiate(inputs, scale: 1)["loss"]!.floats[0]
      #expect(loss.isFinite)
    } catch let error as TorchError {
      let refusals: [TorchError] = [
        .trainingUnsupported(.f16, device: "cpu"), .precisionUnsupported(.f16, device: "cpu"),
      ]
      #expect(refusals.contains(error))
    }
  }

  private func gradients(
    _ graph: Graph, _ inputs: [String: Tensor], precision: Precision, recomputes: Bool
  ) async throws -> (outputs: [String: Tensor], gradients: [String: [Float]]) {
    let model = try await compile(graph, precision, recomputes: recomputes)
    let outputs = try await model.differentiate(inputs, scale: 1)
    var gradients: [String: [Float]] = [:]
    for name in model.parameters.keys { gradients[name] = try await model.read(.gradient, of: name).floats }
    return (outputs, gradients)
  }

  private func compile(
    _ graph: Graph, _ precision: Precision, recomputes: Bool
  ) async throws -> any GradientExecutable {
    try await makeTorch().compile(
      graph, differentiating: "loss", options: CompileOptions(precision: precision, threads: 1),
      recomputes: recomputes)
  }

  /// Three convolutions with normalisations, each with a shortcut around it; the input of the first is added at the end,
  /// one kernel is used twice, and an output leaves in between.
  private func network() throws -> (Graph, [String: Tensor]) {
    let builder = GraphBuilder()
    let weight = { (name: String, shape: [Int], scale: Float) throws -> Node in
      let values = numbers(shape.reduce(1, *), seed: name.count + shape.count).map { $0 * scale }
      return try builder.constant(Constant(Tensor(values, shape: shape)).trained(as: name))
    }
    let first = try builder.input("x", .f32, [2, 8, 6, 6])
    var x = first
    var middle: Node?
    for layer in 0..<3 {
      let name = "\(layer == 2 ? 0 : layer)"
      let scale = try weight("\(layer).scale", [8], 0.5) + 1
      let normal = try x.groupNormalized(
        groups: 2, epsilon: 1e-5, scale: scale, bias: weight("\(layer).shift", [8], 0.1))
      let product = try normal.map(.swish).convolved(
        weight("\(name).kernel", [8, 8, 3, 3], 0.2), .init(padding: .all(1)))
      x = try x + product + weight("\(layer).bias", [8], 0.1).reshaped([1, 8, 1, 1])
      if layer == 1 { middle = x }
    }
    let target = try builder.input("y", .f32, [2, 8, 6, 6])
    let error = try x + first - target
    let loss = try (error * error).reduced(.mean, axes: [0, 1, 2, 3], keepsDimensions: false)
    let graph = try builder.finish(["middle": middle!, "loss": loss])
    return (graph, graph.inputTypes.mapValues { Tensor(numbers($0.elementCount, seed: 7), shape: $0.shape) })
  }

  /// Numbers between -1 and 1 without a pattern.
  private func numbers(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map {
      Float(sin(Double($0 * 37 + seed * 101) * 12.9898) * 43_758.547).truncatingRemainder(dividingBy: 1)
    }
  }

  /// The length of the difference, as a part of the second's.
  private func difference(_ a: [Float], _ b: [Float]) -> Float {
    let squares = { (values: [Float]) in values.map { $0 * $0 }.reduce(0, +) }
    return (squares(zip(a, b).map { $0 - $1 }) / squares(b)).squareRoot()
  }
}
