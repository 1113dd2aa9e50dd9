import Tensors

/// What a graph is compiled for.
enum GraphPurpose: Sendable {
  case running
  /// To find the gradients of this output; values inside segments are kept or computed anew.
  case training(loss: String, recomputes: Bool)
}

/// A graph in libtorch's hands. An actor on a thread of its own: runs queue up.
actor TorchModel: GradientExecutable {
  nonisolated let inputs: [String: TensorType]
  nonisolated let outputs: [String: TensorType]
  nonisolated let parameters: [String: TensorType]

  private let executor = QueueExecutor(label: "Torch.run")
  private let handle: GraphHandle
  private let inputNames: [String]
  private let graphOutputs: [(name: String, type: TensorType)]
  /// The shim's numbers of the parameters.
  private let indices: [String: Int]
  /// Which output gradients are taken of; nil when the graph is only run.
  private let loss: Int?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ graph: Graph, for purpose: GraphPurpose, _ settings: GraphSettings, _ runtime: TorchRuntime) throws {
    inputs = graph.inputTypes
    outputs = graph.outputTypes
    inputNames = graph.operations.compactMap {
      if case .input(let name, _) = $0.operator { name } else { nil }
    }
    graphOutputs = graph.outputs.map { ($0.name, graph.type(of: $0.value)) }
    if case .training(let loss, _) = purpose {
      self.loss = try lossIndex(loss, of: graph)
    } else {
      loss = nil
    }
    let (handle, parameters) = try ProgramWriter.write(graph, for: purpose, settings, runtime)
    if loss != nil, parameters.isEmpty {
      throw TorchError.untrainable(message: "the graph has no parameters")
    }
    self.handle = handle
    self.parameters = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.type) })
    indices = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1.name, $0) })
  }

  func run(_ inputs: [String: Tensor]) async throws -> [String: Tensor] {
    try compute(inputs, differentiating: nil, scale: 1)
  }

  func differentiate(_ inputs: [String: Tensor], scale: Double) async throws -> [String: Tensor] {
    guard let loss else { preconditionFailure("compiled to be run only") }
    return try compute(inputs, differentiating: loss, scale: scale)
  }

  private func compute(
    _ inputs: [String: Tensor], differentiating loss: Int?, scale: Double
  ) throws -> [String: Tensor] {
    try Task.checkCancellation()
    try check(inputs)
    let results = try handle.run(
      inputNames.map { inputs[$0]! }, graphOutputs.map(\.type), differentiating: loss, scale: scale)
    return Dictionary(uniqueKeysWithValues: zip(graphOutputs.map(\.name), results))
  }

  // MARK: - Parameters

  func clearGradients() throws { try handle.clearGradients() }

  func gradientNorm() throws -> Double { try handle.gradientNorm() }

  func averageGradients(over group: GroupHandle) throws { try handle.averageGradients(over: group) }

  func update(_ optimizer: AdamW, step: Int, gradientScale: Double) throws {
    precondition(step > 0, "steps are counted from 1 on")
    try handle.update(optimizer, step: step, gradientScale: gradientScale)
  }

  func read(_ part: ParameterPart, of parameter: String) throws -> Tensor {
    let (index, type) = try place(of: parameter)
    return try handle.read(part, of: index, type)
  }

  func write(_ part: ParameterPart, of parameter: String, _ tensor: Tensor) throws {
    let (index, type) = try place(of: parameter)
    guard tensor.type == type else {
      throw TorchError.untrainable(message: "parameter '\(parameter)' is \(type), not \(tensor.type)")
    }
    try handle.write(part, of: index, tensor)
  }

  private func place(of name: String) throws(TorchError) -> (Int, TensorType) {
    guard let index = indices[name], let type = parameters[name] else {
      throw .untrainable(message: "the graph has no parameter '\(name)'")
    }
    return (index, type)
  }
}

/// Which output a loss is, once it is fit to be one.
private func lossIndex(_ name: String, of graph: Graph) throws(TorchError) -> Int {
  guard let index = graph.outputs.firstIndex(where: { $0.name == name }) else {
    throw .untrainable(message: "the graph has no output '\(name)' to be the loss")
  }
  let type = graph.type(of: graph.outputs[index].value)
  guard type.elementCount == 1, type.elementType == .f32 else {
    throw .untrainable(message: "the loss '\(name)' is \(type), not one number in f32")
  }
  return index
}
