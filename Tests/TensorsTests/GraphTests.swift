import Tensors
import Testing

@Suite("Graph")
struct GraphTests {
  @Test("an error names the layer it was made in")
  func errorNamesLayer() throws {
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [1, 4, 8, 8])
    let error = #expect(throws: GraphError.self) {
      try builder.scope("down_blocks.0") {
        try builder.scope("resnets.1") {
          let kernel = try builder.constant(Constant(declared: .init(.f32, [8, 3, 3, 3])))
          return try x.convolved(kernel, .init(padding: .all(1)))
        }
      }
    }
    #expect(error?.layer == "down_blocks.0.resnets.1")
    #expect(error?.operation == "convolution")
    #expect(error?.message.contains("[1, 4, 8, 8]") == true)
  }

  @Test("what no output needs is left out")
  func prunes() throws {
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [2])
    _ = try x.map(.sine)
    let graph = try builder.finish(["y": x + 1])
    #expect(graph.operations.map(\.operator.name) == ["input", "constant", "add"])
    #expect(graph.inputTypes == ["x": TensorType(.f32, [2])])
    #expect(graph.outputTypes == ["y": TensorType(.f32, [2])])
  }

  @Test("an input that no output depends on is an error, as is a name used twice")
  func refusesUselessInput() throws {
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [2])
    _ = try builder.input("y", .f32, [2])
    #expect(throws: GraphError.self) { try builder.finish(["z": x]) }
    #expect(throws: GraphError.self) { try builder.input("x", .f32, [2]) }
    #expect(throws: GraphError.self) { try builder.finish(["z": x, "z": x]) }
  }

  @Test("nodes of two graphs do not mix")
  func refusesForeignNode() throws {
    let ours = try GraphBuilder().input("x", .f32, [2])
    let theirs = try GraphBuilder().input("x", .f32, [2])
    #expect(throws: GraphError.self) { try ours + theirs }
  }
}

private func f32(_ shape: [Int]) -> TensorType { TensorType(.f32, shape) }

@Suite("Shape inference")
struct ShapeInferenceTests {
  @Test(
    "results follow from inputs",
    arguments: [
      (.binary(.add), [f32([2, 1, 3]), f32([4, 1])], [f32([2, 4, 3])]),
      (
        .matMul(transposesLeft: false, transposesRight: true), [f32([2, 5, 3]), f32([7, 3])],
        [f32([2, 5, 7])]
      ),
      (
        .convolution(.init(stride: 2, padding: .all(1))), [f32([1, 4, 7, 8]), f32([6, 4, 3, 3])],
        [f32([1, 6, 4, 4])]
      ),
      (
        .convolution(.init(stride: 2, padding: .init(top: 0, left: 0, bottom: 1, right: 1))),
        [f32([1, 4, 8, 8]), f32([6, 4, 3, 3])], [f32([1, 6, 4, 4])]
      ),
      (.attention, [f32([2, 8, 9, 4]), f32([2, 8, 5, 4]), f32([2, 8, 5, 6])], [f32([2, 8, 9, 6])]),
      (.reduce(.mean, axes: [1], keepsDimensions: false), [f32([2, 3, 4])], [f32([2, 4])]),
      (.transpose([0, 2, 1]), [f32([2, 3, 4])], [f32([2, 4, 3])]),
      (.concatenate(axis: 1), [f32([1, 3, 2]), f32([1, 4, 2])], [f32([1, 7, 2])]),
      (.split(axis: 1, count: 2), [f32([1, 6])], [f32([1, 3]), f32([1, 3])]),
      (.slice(axis: 0, range: 1..<6, step: 2), [f32([7, 2])], [f32([3, 2])]),
      (.gather(axis: 0), [f32([9, 2]), TensorType(.i64, [3])], [f32([3, 2])]),
      (.pad(before: [0, 1], after: [2, 0]), [f32([3, 3])], [f32([5, 4])]),
      (.resizeNearest(height: 5, width: 7), [f32([1, 2, 3, 4])], [f32([1, 2, 5, 7])]),
      (.convert(.bf16), [f32([3])], [TensorType(.bf16, [3])]),
    ] as [(Operator, [TensorType], [TensorType])])
  func infers(kind: Operator, inputs: [TensorType], results: [TensorType]) throws {
    let builder = GraphBuilder()
    let nodes = try inputs.map { try builder.constant(Constant(declared: $0)) }
    #expect(try builder.addAll(kind, nodes).map(\.type) == results)
  }

  @Test(
    "what does not fit is refused",
    arguments: [
      (.binary(.add), [f32([2]), f32([3])]),
      (.binary(.add), [f32([2]), TensorType(.i32, [2])]),
      (.unary(.sine), [TensorType(.i64, [2])]),
      (.matMul(transposesLeft: false, transposesRight: false), [f32([2, 3]), f32([2, 3])]),
      (.convolution(.init()), [f32([1, 4, 8, 8]), f32([6, 3, 3, 3])]),
      (.convolution(.init()), [f32([1, 3, 2, 2]), f32([6, 3, 3, 3])]),
      (.groupNormalization(groups: 4, epsilon: 1e-5), [f32([1, 6, 2]), f32([6]), f32([6])]),
      (.groupNormalization(groups: 2, epsilon: 1e-5), [f32([1, 6, 2]), f32([5]), f32([6])]),
      (.reshape([4]), [f32([5])]),
      (.transpose([0, 0]), [f32([1, 2])]),
      (.concatenate(axis: 1), [f32([1, 3, 2]), f32([1, 4, 3])]),
      (.split(axis: 0, count: 2), [f32([3])]),
      (.slice(axis: 0, range: 2..<4, step: 1), [f32([3])]),
      (.gather(axis: 0), [f32([3]), f32([1])]),
      (.broadcast([2]), [f32([3])]),
      (.softmax(axis: 1), [f32([3])]),
      (.attention, [f32([1, 2, 4]), f32([1, 2, 5]), f32([1, 2, 4])]),
    ] as [(Operator, [TensorType])])
  func refuses(kind: Operator, inputs: [TensorType]) throws {
    let builder = GraphBuilder()
    let nodes = try inputs.map { try builder.constant(Constant(declared: $0)) }
    let error = #expect(throws: GraphError.self) { try builder.addAll(kind, nodes) }
    #expect(error?.operation == kind.name)
  }
}

@Suite("Tensor")
struct TensorTests {
  @Test("every element type reads as single precision")
  func floats() {
    let half: [UInt8] = [0x00, 0x3E, 0x00, 0xC0]  // 1.5, −2
    let brain: [UInt8] = [0xC0, 0x3F, 0x00, 0xC0]  // 1.5, −2
    #expect(Tensor(.init(.f16, [2]), bytes: half).floats == [1.5, -2])
    #expect(Tensor(.init(.bf16, [2]), bytes: brain).floats == [1.5, -2])
    #expect(Tensor(integers: [7, -1], shape: [2]).floats == [7, -1])
    #expect(Tensor(.init(.i32, [2]), bytes: [7, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]).floats == [7, -1])
    #expect(Tensor([0.25], shape: []).floats == [0.25])
    #expect(Tensor(.init(.bool, [2]), bytes: [0, 1]).floats == [0, 1])
  }
}

@Suite("what a graph takes")
struct GraphMemoryTests {
  @Test("values live from where they are made to their last use; constants are counted apart")
  func peak() throws {
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [10])
    let weight = try builder.constant(Constant(Tensor(Array(repeating: 1, count: 10), shape: [10])))
    let a = try x + weight
    let b = try a * a
    let graph = try builder.finish(["y": b + x])
    #expect(graph.constantElementCount == 10)
    // x lives to the end; beside it are a and b, and then b and the output.
    #expect(graph.peakValueBytes == 3 * 40)
  }
}
