import OpenVINO
import Tensors
import Testing

/// Every operator computes what its documentation says.
@Suite("Operators")
struct OperatorTests {
  let engine: OpenVINOEngine

  init() throws { engine = try OpenVINOEngine() }

  /// Runs a graph of one input and one output in single precision.
  func run(
    _ values: [Float], _ shape: [Int], _ body: (Node) throws -> Node
  ) async throws -> [Float] {
    let builder = GraphBuilder()
    let graph = try builder.finish(["y": body(builder.input("x", .f32, shape))])
    let model = try await engine.compile(graph, options: .init(precision: .f32, threads: 1))
    return try await model.run(["x": Tensor(values, shape: shape)])["y"]!.floats
  }

  @Test("functions of one element", arguments: Operator.Unary.allCases)
  func unary(function: Operator.Unary) async throws {
    let values: [Float] = function == .squareRoot || function == .logarithm ? [0.25, 2, 9] : [-1.5, 0.25, 2]
    let results = try await run(values, [3]) { try $0.map(function) }
    expectClose(results, values.map(function.reference))
  }

  @Test("functions of two elements", arguments: Operator.Binary.allCases)
  func binary(function: Operator.Binary) async throws {
    let (left, right): ([Float], [Float]) = ([1.5, 0.25, 2, 3], [2, 3])
    let results = try await run(left, [2, 2]) { x in
      try x.combined(function, x.builder.constant(Constant(Tensor(right, shape: [2]))))
    }
    expectClose(results, zip(left, right + right).map(function.reference))
  }

  @Test("a literal may stand on the right of + and *, and quick GELU is x · sigmoid(1.702 x)")
  func literals() async throws {
    expectClose(try await run([1, -2], [2]) { try $0 * 3 + 0.5 }, [3.5, -5.5])
    expectClose(try await run([1, -2], [2]) { try $0.quickGelu() }, [0.845_795_8, -0.064_342_7])
  }

  @Test("matrices multiply, transposed or not")
  func matMul() async throws {
    let x: [Float] = [1, 2, 3, 4, 5, 6]
    expectClose(
      try await run(x, [1, 2, 3]) { try $0.matMul($0, transposesRight: true) }, [14, 32, 32, 77])
    expectClose(
      try await run(x, [1, 2, 3]) { try $0.matMul($0, transposesLeft: true) },
      [17, 22, 27, 22, 29, 36, 27, 36, 45])
  }

  @Test("a convolution pads each side by its own width")
  func convolution() async throws {
    let results = try await run([1, 2, 3, 4], [1, 1, 2, 2]) { x in
      let kernel = try x.builder.constant(
        Constant(Tensor([1, 10, 100, 1000], shape: [1, 1, 2, 2])))
      return try x.convolved(kernel, .init(stride: 1, padding: .init(top: 0, left: 0, bottom: 1, right: 1)))
    }
    expectClose(results, [4321, 402, 43, 4])
  }

  @Test("attention weighs values by softmax of scaled products")
  func attention() async throws {
    let x: [Float] = [1, 0, 0, 1]
    let results = try await run(x, [1, 1, 2, 2]) { try $0.attending(keys: $0, values: $0) }
    let weight = 1 / (1 + exp(-1 / Float(2).squareRoot()))
    expectClose(results, [weight, 1 - weight, 1 - weight, weight])
  }

  @Test("groups of channels are normalised together, then scaled and shifted by channel")
  func groupNormalization() async throws {
    let results = try await run([1, 3, 5, 7], [1, 2, 1, 2]) { x in
      let scale = try x.builder.constant(Constant(Tensor([1, 2], shape: [2])))
      let bias = try x.builder.constant(Constant(Tensor([0, 10], shape: [2])))
      return try x.groupNormalized(groups: 1, epsilon: 0, scale: scale, bias: bias)
    }
    let s = Float(5).squareRoot()
    expectClose(results, [-3 / s, -1 / s, 10 + 2 / s, 10 + 6 / s])
  }

  @Test("a layer is normalised over its last dimension")
  func layerNormalization() async throws {
    let results = try await run([1, 3, 10, 30], [2, 2]) { x in
      let scale = try x.builder.constant(Constant(Tensor([2, 1], shape: [2])))
      let bias = try x.builder.constant(Constant(Tensor([0, 1], shape: [2])))
      return try x.layerNormalized(epsilon: 0, scale: scale, bias: bias)
    }
    expectClose(results, [-2, 2, -2, 2])
  }

  @Test("softmax, mean and sum reduce the axes they are given")
  func reductions() async throws {
    let x: [Float] = [0, 0, 2, 4]
    expectClose(try await run(x, [2, 2]) { try $0.reduced(.mean, axes: [0]) }, [1, 2])
    expectClose(
      try await run(x, [2, 2]) { try $0.reduced(.sum, axes: [1], keepsDimensions: false) }, [0, 6])
    expectClose(
      try await run(x, [2, 2]) { try $0.softmax(axis: 1) }, [0.5, 0.5, 0.119_202_9, 0.880_797_1])
  }

  @Test("layout operators move elements where they say")
  func layout() async throws {
    let x: [Float] = [1, 2, 3, 4, 5, 6]
    expectClose(try await run(x, [2, 3]) { try $0.transposed([1, 0]) }, [1, 4, 2, 5, 3, 6])
    expectClose(
      try await run(x, [2, 3]) { try $0.reshaped([3, 2]).transposed([1, 0]) }, [1, 3, 5, 2, 4, 6])
    expectClose(
      try await run(x, [2, 3]) { x in
        let parts = try x.split(3, axis: 1)
        return try parts[2].concatenated(parts[0], axis: 1)
      }, [3, 1, 6, 4])
    expectClose(try await run(x, [6]) { try $0.sliced(1..<6, axis: 0, step: 2) }, [2, 4, 6])
    expectClose(try await run([7, 8], [2, 1]) { try $0.broadcast([2, 2]) }, [7, 7, 8, 8])
    expectClose(
      try await run([1, 2], [1, 1, 1, 2]) {
        try $0.padded(.init(top: 1, left: 0, bottom: 0, right: 1))
      },
      [0, 0, 0, 1, 2, 0])
    expectClose(
      try await run(x, [2, 3]) { x in
        try x.gathered(x.builder.constant(Constant(Tensor(integers: [2, 0], shape: [2]))), axis: 1)
      }, [3, 1, 6, 4])
  }

  @Test("nearest resizing takes the source at ⌊index · in / out⌋, also for factors that are not whole")
  func resizeNearest() async throws {
    expectClose(
      try await run([1, 2, 3, 4], [1, 1, 2, 2]) { try $0.resizedNearest(height: 3, width: 4) },
      [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4])
  }

  @Test("weights in narrower types take part with exactly the numbers they stand for")
  func convert() async throws {
    let narrow = [
      Tensor(.init(.f16, [2]), bytes: [0x00, 0x3E, 0x00, 0xC0]),
      Tensor(.init(.bf16, [2]), bytes: [0xC0, 0x3F, 0x00, 0xC0]),
    ]
    for weight in narrow {
      expectClose(
        try await run([1, 1], [2]) { try $0 * $0.builder.constant(Constant(weight)).converted(to: .f32) },
        [1.5, -2])
    }
  }
}
