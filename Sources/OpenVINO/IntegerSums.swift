import Tensors

/// Layers whose weights and inputs have 8 bits, which the runtime computes in whole numbers.
///
/// Processors without VNNI (x86 before about 2019) add pairs of their products up in 16 bits, where a sum stops at 32,767:
/// what comes out is far off. There inputs are rounded by plain arithmetic, which the runtime does not take for
/// quantisation, and sums are those of floating point: right, and no faster than without 8 bits.
enum IntegerSums {
  /// Whether a convolution and a matrix product of the largest weights and inputs come out right; the runtime has code of
  /// its own for each.
  static func areExact(on core: Core) throws -> Bool {
    let (channels, largest) = (64, Float(255))
    let builder = GraphBuilder()
    let picture = try builder.input("picture", .f32, [1, channels, 8, 8])
    let rows = try builder.input("rows", .f32, [64, channels])
    func rounded(_ input: Node) throws -> Node { try input.fakeQuantized(levels: 256, in: 0...largest) }
    func weight(_ shape: [Int]) throws -> Node {
      let integers = Tensor(TensorType(.i8, shape), bytes: Array(repeating: 127, count: shape.reduce(1, *)))
      let scales = Tensor(
        Array(repeating: 1, count: channels), shape: [channels] + shape.dropFirst().map { _ in 1 })
      return try builder.constant(Constant(integers)).converted(to: .f32) * builder.constant(Constant(scales))
    }
    let graph = try builder.finish([
      "convolution": rounded(picture).convolved(weight([channels, channels, 1, 1]), .init()),
      "product": rounded(rows).matMul(weight([channels, channels]), transposesRight: true),
    ])

    let model = try CompiledHandle(
      graph, .init(precision: .f32, threads: 1), .init(winograd: false, rounding: false), on: core)
    let request = try model.makeRequest()
    for (index, type) in [picture.type, rows.type].enumerated() {
      let values = Array(repeating: largest, count: type.elementCount)
      try request.set(Tensor(values, shape: type.shape), asInput: index)
    }
    try request.infer()
    let sum = Float(channels) * 127 * largest
    return try graph.outputs.enumerated().allSatisfy { index, output in
      try request.output(index, graph.type(of: output.value)).floats.allSatisfy { abs($0 - sum) < sum / 1000 }
    }
  }
}

extension Graph {
  /// Whether what goes into a layer is rounded to few levels.
  var quantizesInputs: Bool {
    operations.contains { if case .fakeQuantization = $0.operator { true } else { false } }
  }
}

extension IRWriter {
  /// Writes the rounding of what goes into a layer as arithmetic; false for other operations.
  mutating func writeRounding(operation index: Int, name: String) -> Bool {
    let operation = graph.operations[index]
    guard case .fakeQuantization(let levels) = operation.operator else { return false }
    let part = "\(name):rounding"
    func binary(_ function: Operator.Binary, _ left: Port, _ right: Port) -> Port {
      add(IRLayer(.binary(function), in: &layout), [left, right], name: part)
    }
    let input = operation.inputs.map { ports[$0]! }
    let (x, lowest, highest) = (input[0], input[1], input[2])
    let steps = add(literal: Tensor([Float(levels - 1)], shape: []), name: part)
    let step = binary(.divide, binary(.subtract, highest, lowest), steps)
    let within = binary(.minimum, binary(.maximum, x, lowest), highest)
    let position = binary(.divide, binary(.subtract, within, lowest), step)
    let level = add(IRLayer("Round", ["mode": "half_to_even"], opset: 5), [position], name: part)
    ports[.init(operation: index, result: 0)] = binary(.add, binary(.multiply, level, step), lowest)
    return true
  }
}
