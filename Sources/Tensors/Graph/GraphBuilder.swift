/// Makes a graph, node by node, each checked when it is made.
///
/// Not `Sendable`: one task builds, and hands on the finished `Graph`.
public final class GraphBuilder {
  private var operations: [Graph.Operation] = []
  private var path: [String] = []

  /// An empty graph.
  public init() {}

  /// A graph that goes on where a finished one ends: to take a loss of a network's output, say.
  ///
  /// - Returns: its builder, and the finished graph's outputs as nodes, by name.
  public static func continuing(_ graph: Graph) -> (builder: GraphBuilder, outputs: [String: Node]) {
    let builder = GraphBuilder()
    builder.operations = graph.operations
    let nodes = graph.outputs.map {
      ($0.name, Node(builder: builder, value: $0.value, type: graph.type(of: $0.value)))
    }
    return (builder, Dictionary(uniqueKeysWithValues: nodes))
  }

  /// The layer being built: `down_blocks.0.resnets.1`; empty at the top.
  public var layer: String { path.joined(separator: ".") }

  /// Nodes made in `body` belong to the layer `name` inside the present one; errors say so.
  public func scope<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    path.append(name)
    defer { path.removeLast() }
    return try body()
  }

  /// A named input of the graph.
  public func input(_ name: String, _ elementType: ElementType = .f32, _ shape: [Int]) throws(GraphError)
    -> Node
  {
    let isTaken = operations.contains {
      if case .input(name, _) = $0.operator { true } else { false }
    }
    let kind = Operator.input(name: name, TensorType(elementType, shape))
    if isTaken { throw fault(kind, "there already is an input '\(name)'") }
    return try add(kind, [])
  }

  /// A weight or a literal.
  public func constant(_ constant: Constant) throws(GraphError) -> Node {
    try add(.constant(constant), [])
  }

  /// A literal of one `f32`.
  public func scalar(_ value: Float) throws(GraphError) -> Node {
    try constant(Constant(Tensor([value], shape: [])))
  }

  /// A node with one result.
  ///
  /// - Throws: `GraphError` naming the layer when the inputs do not fit the operator.
  public func add(_ kind: Operator, _ inputs: [Node]) throws(GraphError) -> Node {
    try addAll(kind, inputs)[0]
  }

  /// A node with all its results.
  ///
  /// - Throws: `GraphError` naming the layer when the inputs do not fit the operator.
  public func addAll(_ kind: Operator, _ inputs: [Node]) throws(GraphError) -> [Node] {
    if inputs.contains(where: { $0.builder !== self }) {
      throw fault(kind, "an input belongs to another graph")
    }
    let results: [TensorType]
    do {
      results = try kind.resultTypes(of: inputs.map(\.type))
    } catch {
      throw fault(kind, error.message)
    }
    operations.append(
      .init(layer: layer, operator: kind, inputs: inputs.map(\.value), results: results))
    return results.indices.map { result in
      Node(
        builder: self, value: .init(operation: operations.count - 1, result: result), type: results[result])
    }
  }

  /// The finished graph: what the outputs need, in the order in which it was built.
  ///
  /// - Parameter optionalInputs: inputs that are left out where no output depends on them.
  /// - Throws: `GraphError` when another input was declared that no output depends on, or two outputs share a name.
  public func finish(
    _ outputs: KeyValuePairs<String, Node>, optionalInputs: Set<String> = []
  ) throws(GraphError) -> Graph {
    let needed = operationsNeeded(by: outputs.map(\.value.value.operation))
    var newIndex: [Int: Int] = [:]
    var kept: [Graph.Operation] = []
    for (index, operation) in operations.enumerated() {
      guard needed[index] else {
        if case .input(let name, _) = operation.operator, !optionalInputs.contains(name) {
          throw fault(operation.operator, "no output depends on '\(name)'")
        }
        continue
      }
      newIndex[index] = kept.count
      var moved = operation
      moved.inputs = operation.inputs.map { .init(operation: newIndex[$0.operation]!, result: $0.result) }
      kept.append(moved)
    }
    var names: Set<String> = []
    for (name, _) in outputs where !names.insert(name).inserted {
      throw GraphError(layer: "", operation: "output", message: "there are two outputs '\(name)'")
    }
    return Graph(
      operations: kept,
      outputs: outputs.map { name, node in
        .init(
          name: name, value: .init(operation: newIndex[node.value.operation]!, result: node.value.result))
      })
  }

  private func operationsNeeded(by roots: [Int]) -> [Bool] {
    var needed = [Bool](repeating: false, count: operations.count)
    for root in roots { needed[root] = true }
    for index in operations.indices.reversed() where needed[index] {
      for input in operations[index].inputs { needed[input.operation] = true }
    }
    return needed
  }

  private func fault(_ kind: Operator, _ message: String) -> GraphError {
    GraphError(layer: layer, operation: kind.name, message: message)
  }
}

/// A node that cannot be, found when it was to be made.
public struct GraphError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The layer in which it was to be made: `down_blocks.0.resnets.1`; empty at the top.
  public let layer: String
  /// The operator: `convolution`.
  public let operation: String
  /// What does not fit, with the types at hand.
  public let message: String

  /// A node that cannot be.
  public init(layer: String, operation: String, message: String) {
    self.layer = layer
    self.operation = operation
    self.message = message
  }

  /// `down_blocks.0.resnets.1: convolution: …`.
  public var description: String {
    (layer.isEmpty ? "" : "\(layer): ") + "\(operation): \(message)"
  }
}
