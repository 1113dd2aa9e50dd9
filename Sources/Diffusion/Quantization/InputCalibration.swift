package import Tensors

/// The range over which each layer's input is quantised, found on inputs that a denoiser was given.
///
/// Of every input some values are kept; the range is the part of lowest…highest that leaves the least mean square of
/// errors, since a few far values are better clamped than all others told apart less well. Source: Nagel et al. 2021, "A
/// White Paper on Neural Network Quantization", section 3.1.
package struct InputCalibration: Sendable {
  /// The layers' ranges.
  package let ranges: [String: ClosedRange<Float>]
  /// The relative error that 256 levels leave in each layer's input.
  package let errors: [String: Double]

  /// Runs a denoiser.
  ///
  /// - Parameters:
  ///   - layers: which are looked at. Those whose input has few rows, as time steps and single tokens have, are passed
  ///     over: they cost nothing.
  ///   - inputs: `sample`, `time` and `context` of each run, all of the same shapes.
  package init(
    _ layers: [String], of model: DiffusionModel, on inputs: [[String: Tensor]], runtime: DiffusionRuntime,
    compute: ComputeOptions
  ) async throws {
    guard let first = inputs.first, let form = NetworkForm(denoiserInputs: first) else {
      throw InpaintingError("there is nothing to calibrate a denoiser on")
    }
    let graph = try form.graph(of: model, await runtime.weights(of: .unet, of: model))
    let products = graph.productInputs
    var samples: [Graph.Value: InputSample] = [:]
    for value in layers.flatMap({ products[$0] ?? [] }) where graph.type(of: value).rows >= Self.fewestRows {
      samples[value] = InputSample()
    }
    for part in Self.parts(Array(samples.keys), of: graph) {
      let names = Dictionary(uniqueKeysWithValues: part.map { ("\($0.operation).\($0.result)", $0) })
      let network = try await runtime.compile(graph.giving(names), compute)
      for input in inputs {
        let outputs = try await network.run(input)
        for (name, value) in names { samples[value]!.add(outputs[name]!.floats) }
      }
    }
    var (ranges, errors): ([String: ClosedRange<Float>], [String: Double]) = ([:], [:])
    for layer in layers {
      let seen = (products[layer] ?? []).compactMap { samples[$0] }
      guard let first = seen.first else { continue }
      (ranges[layer], errors[layer]) = seen.dropFirst().reduce(first) { $0.joined(with: $1) }.bestRange()
    }
    (self.ranges, self.errors) = (ranges, errors)
  }

  private static let fewestRows = 16
  /// Bytes of inner values that one run gives.
  private static let bytesAtOnce = 512 << 20

  /// Values in groups that one run can give.
  private static func parts(_ values: [Graph.Value], of graph: Graph) -> [[Graph.Value]] {
    var parts: [[Graph.Value]] = []
    var bytes = 0
    for value in values.sorted(by: { ($0.operation, $0.result) < ($1.operation, $1.result) }) {
      let size = graph.type(of: value).byteCount
      if parts.isEmpty || bytes + size > bytesAtOnce {
        parts.append([])
        bytes = 0
      }
      parts[parts.count - 1].append(value)
      bytes += size
    }
    return parts
  }
}

extension NetworkForm {
  /// The denoiser that takes such inputs; nil where they are none.
  package init?(denoiserInputs inputs: [String: Tensor]) {
    guard let sample = inputs["sample"]?.shape, let context = inputs["context"]?.shape, sample.count == 4,
      context.count == 3
    else { return nil }
    self = .denoiser(height: sample[2], width: sample[3], batch: context[0], tokens: context[1])
  }
}

extension TensorType {
  /// How many products with a weight's rows an input makes: pixels of all pictures, or tokens.
  fileprivate var rows: Int {
    rank == 4 ? shape[0] * shape[2] * shape[3] : elementCount / (shape.last ?? 1)
  }
}

/// Of the values that go into a layer: the extremes, and some of them.
private struct InputSample: Sendable {
  private var lowest: Float = 0
  private var highest: Float = 0
  private var values: [Float] = []

  /// Values kept of one run.
  private static let kept = 4096

  mutating func add(_ floats: [Float]) {
    lowest = floats.reduce(lowest, min)
    highest = floats.reduce(highest, max)
    // An odd stride, so that it falls in step with no row.
    for index in stride(from: 0, to: floats.count, by: max(1, floats.count / Self.kept) | 1) {
      values.append(floats[index])
    }
  }

  func joined(with other: InputSample) -> InputSample {
    var result = self
    (result.lowest, result.highest) = (min(lowest, other.lowest), max(highest, other.highest))
    result.values += other.values
    return result
  }

  /// The best of the ranges that are 20 to 100 % of lowest…highest, and the relative error it leaves.
  func bestRange() -> (range: ClosedRange<Float>, error: Double) {
    let candidates = (4...20).map { part -> (range: ClosedRange<Float>, error: Double) in
      let share = Float(part) / 20
      let range = QuantizedLayer.range(holding: share * lowest, share * highest)
      return (range, relativeError(values.map { QuantizedLayer.rounded($0, in: range) }, values))
    }
    return candidates.min { $0.error < $1.error }!
  }
}
