import Tensors

/// Hands a graph to the shim, operation by operation.
struct ProgramWriter {
  private let graph: Graph
  private let precision: Precision
  private let handle: GraphHandle
  private let trains: Bool
  private var layout: WeightLayout
  /// The shim's numbers of the graph's values.
  private var numbers: [Graph.Value: Int64] = [:]
  /// The shim's numbers of parameters' values, by name.
  private var parameterValues: [String: Int64] = [:]
  private var parameters: [Constant.Parameter] = []

  /// Builds a graph in the shim.
  ///
  /// - Parameter purpose: constants that are parameters become such for a training; else they are constants.
  /// - Returns: the graph, and its parameters in the shim's order.
  static func write(
    _ graph: Graph, for purpose: GraphPurpose, _ settings: GraphSettings, _ runtime: TorchRuntime
  ) throws -> (GraphHandle, [Constant.Parameter]) {
    var layout = try WeightLayout(graph)
    for operation in graph.operations {
      if case .constant(let constant) = operation.operator { _ = layout.offset(of: constant) }
    }
    let weights = try WeightRegion(layout)
    let handle = try GraphHandle(settings, weights: weights, runtime: runtime)
    var writer = ProgramWriter(
      graph: graph, precision: settings.precision, handle: handle, trains: purpose.trains, layout: layout)
    let segments = purpose.recomputes ? Set(graph.segmentStarts) : []
    for index in graph.operations.indices {
      if segments.contains(index) { try handle.beginSegment() }
      try writer.write(operation: index)
    }
    for output in graph.outputs {
      try handle.addOutput(graph.type(of: output.value), value: writer.numbers[output.value]!)
    }
    // A GPU has copies of its own by now.
    if settings.device != "cpu" { weights.releasePages() }
    return (handle, writer.parameters)
  }

  private init(graph: Graph, precision: Precision, handle: GraphHandle, trains: Bool, layout: WeightLayout) {
    self.graph = graph
    self.precision = precision
    self.handle = handle
    self.trains = trains
    self.layout = layout
  }

  private mutating func write(operation index: Int) throws {
    let operation = graph.operations[index]
    let first: Int64
    switch TorchStep(operation.operator) {
    case .input(let type): first = try handle.addInput(type)
    case .constant(let constant): first = try write(constant, in: operation)
    case .operation(let computed):
      first = try handle.add(
        computed, name: name(of: operation),
        inputs: operation.inputs.map { numbers[operand($0, of: operation)]! },
        results: operation.results.count)
    }
    for result in operation.results.indices {
      numbers[.init(operation: index, result: result)] = first + Int64(result)
    }
  }

  private mutating func write(_ constant: Constant, in operation: Graph.Operation) throws -> Int64 {
    let offset = layout.offset(of: constant)
    guard trains, let parameter = constant.parameter else {
      return try handle.addConstant(constant.type, offset: offset)
    }
    let value = try parameterValues[parameter.name] ?? add(parameter, offset: offset)
    guard parameters.contains(parameter) else {
      throw TorchError.untrainable(
        message:
          "\(operation.layer): '\(parameter.name)' is \(parameter.type) here, and something else elsewhere")
    }
    guard constant.type != parameter.type else { return value }
    return try handle.add(
      .reshape(constant.type.shape), name: name(of: operation), inputs: [value], results: 1)
  }

  private mutating func add(_ parameter: Constant.Parameter, offset: Int) throws -> Int64 {
    guard parameter.type.elementType == .f32 else {
      throw TorchError.untrainable(
        message: "'\(parameter.name)' is \(parameter.type); only f32 weights are trained")
    }
    let value = try handle.addParameter(parameter.type, offset: offset)
    parameterValues[parameter.name] = value
    parameters.append(parameter)
    return value
  }

  /// What an operation reads. A product in a narrow precision takes a weight of that type as it is, instead of
  /// a widened copy that it would have to narrow again.
  private func operand(_ value: Graph.Value, of operation: Graph.Operation) -> Graph.Value {
    guard operation.operator.isProduct, case .convert(.f32) = graph.operations[value.operation].operator
    else { return value }
    let source = graph.operations[value.operation].inputs[0]
    return graph.type(of: source).elementType.rawValue == precision.rawValue ? source : value
  }

  private func name(of operation: Graph.Operation) -> String {
    (operation.layer.isEmpty ? "" : operation.layer + ": ") + operation.operator.name
  }
}

extension GraphPurpose {
  fileprivate var trains: Bool { if case .training = self { true } else { false } }
  fileprivate var recomputes: Bool { if case .training(_, true) = self { true } else { false } }
}

extension Operator {
  fileprivate var isProduct: Bool {
    switch self {
    case .matMul, .convolution, .attention: true
    default: false
    }
  }
}
