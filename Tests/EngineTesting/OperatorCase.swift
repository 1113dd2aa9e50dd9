package import Tensors

/// A graph of one input and one output, and what comes out when numbers go in.
package struct OperatorCase: Sendable, CustomStringConvertible {
  /// What is claimed.
  package let description: String
  private let shape: [Int]
  private let values: [Float]
  private let expected: [Float]
  private let body: @Sendable (Node) throws -> Node

  init(
    _ description: String, _ values: [Float], _ shape: [Int], gives expected: [Float],
    _ body: @escaping @Sendable (Node) throws -> Node
  ) {
    self.description = description
    self.values = values
    self.shape = shape
    self.expected = expected
    self.body = body
  }

  /// How an engine's results differ in single precision; nil when they do not.
  package func mismatch(on engine: any Engine) async throws -> String? {
    let builder = GraphBuilder()
    let graph = try builder.finish(["y": body(builder.input("x", .f32, shape))])
    let model = try await engine.compile(graph, options: .init(precision: .f32, threads: 1))
    let results = try await model.run(["x": Tensor(values, shape: shape)])
    return EngineTesting.mismatch(results["y"]!.floats, expected)
  }
}
