extension Engine {
  /// The precision in which this machine computes a typical layer fastest.
  ///
  /// Measured, for what a processor announces says little: there are processors with bfloat16 instructions that
  /// are slower than its single-precision ones, and virtual machines that announce matrix units which they
  /// withhold. A narrower type than `f32` has to be faster by a fifth. Takes about a second; whoever needs the
  /// same bytes on every machine names a precision instead.
  public func fastestPrecision() async throws -> Precision {
    let seconds = try await secondsByPrecision()
    let reference = seconds[.f32] ?? .infinity
    let best = seconds.min { $0.value < $1.value }
    guard let best, best.value * 1.2 < reference else { return .f32 }
    return best.key
  }

  /// How long a 3×3 convolution of 320 channels on 32×32 pixels takes on one thread, in seconds, in every
  /// precision the processor has: the least of several interleaved runs, so that other work disturbs little.
  public func secondsByPrecision() async throws -> [Precision: Double] {
    let (graph, input) = try typicalLayer(channels: 320, side: 32)
    var models: [(Precision, any Executable)] = []
    for precision in capabilities.precisions {
      let model = try await compile(graph, options: CompileOptions(precision: precision, threads: 1))
      _ = try await model.run(["x": input])
      models.append((precision, model))
    }
    var least: [Precision: Double] = [:]
    for _ in 0..<5 {
      for (precision, model) in models {
        let duration = try await ContinuousClock().measure { _ = try await model.run(["x": input]) }
        least[precision] = min(least[precision] ?? .infinity, duration / .seconds(1))
      }
    }
    return least
  }
}

/// A convolution and the numbers that go through it, all far from overflow and underflow.
private func typicalLayer(channels: Int, side: Int) throws -> (Graph, Tensor) {
  func numbers(_ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { Float($0 % 17) / 16 - 0.5 }, shape: shape)
  }
  let builder = GraphBuilder()
  let input = numbers([1, channels, side, side])
  let kernel = try builder.constant(Constant(numbers([channels, channels, 3, 3])))
  let x = try builder.input("x", .f32, input.shape)
  return (try builder.finish(["y": x.convolved(kernel, .init(padding: .all(1)))]), input)
}
