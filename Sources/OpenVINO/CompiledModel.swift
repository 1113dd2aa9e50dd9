import Tensors

/// A graph that OpenVINO has compiled, with one set of buffers. An actor on a thread of its own: runs queue up.
actor CompiledModel: Executable {
  nonisolated let inputs: [String: TensorType]
  nonisolated let outputs: [String: TensorType]

  private let executor: QueueExecutor
  private let handle: CompiledHandle
  private let request: InferRequest
  private let inputNames: [String]
  private let graphOutputs: [(name: String, type: TensorType)]

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ graph: Graph, _ handle: CompiledHandle) throws(OpenVINOError) {
    executor = QueueExecutor(label: "OpenVINO.run")
    self.handle = handle
    request = try handle.makeRequest()
    inputs = graph.inputTypes
    outputs = graph.outputTypes
    // The runtime numbers inputs and outputs in the order in which the text lists them.
    inputNames = graph.operations.compactMap {
      if case .input(let name, _) = $0.operator { name } else { nil }
    }
    graphOutputs = graph.outputs.map { ($0.name, graph.type(of: $0.value)) }
  }

  func run(_ inputs: [String: Tensor]) async throws -> [String: Tensor] {
    try Task.checkCancellation()
    try check(inputs)
    for (index, name) in inputNames.enumerated() {
      try request.set(inputs[name]!, asInput: index)
    }
    try request.infer()
    var results: [String: Tensor] = [:]
    for (index, output) in graphOutputs.enumerated() {
      results[output.name] = try request.output(index, output.type)
    }
    return results
  }
}
