import CTorch
import Tensors

/// Where and how a graph is run.
struct GraphSettings: Sendable {
  /// `cpu`, `cuda` or `cuda:1`.
  var device: String
  /// The arithmetic of products.
  var precision: Precision
  /// Threads of one run.
  var threads: Int
}

/// Owns a graph in the shim, and what it reads from.
///
/// Sendable: one task makes it and hands it to the one actor that uses it from then on.
final class GraphHandle: @unchecked Sendable {
  private let runtime: TorchRuntime
  private let handle: OpaquePointer
  /// Kept mapped: on the processor, weights are read in place.
  private let weights: WeightRegion

  private var functions: pt_functions { runtime.functions }

  init(_ settings: GraphSettings, weights: WeightRegion, runtime: TorchRuntime) throws(TorchError) {
    var handle: OpaquePointer?
    let message = settings.device.withCString { device in
      var options = pt_options(
        device: device, arithmetic: settings.precision.element, threads: Int32(clamping: settings.threads))
      return runtime.functions.graph_create(&options, &handle)
    }
    try runtime.check(message)
    guard let handle else { throw .callFailed(message: "no graph was made") }
    self.handle = handle
    self.runtime = runtime
    self.weights = weights
  }

  deinit { functions.graph_free(handle) }

  // MARK: - Building

  /// Adds an input; returns its value's number.
  func addInput(_ type: TensorType) throws(TorchError) -> Int64 {
    try adding(type) { functions.graph_add_input(handle, $0, &$1) }
  }

  /// Adds the constant of this type that starts at this byte of the weights.
  func addConstant(_ type: TensorType, offset: Int) throws(TorchError) -> Int64 {
    try weights.withUnsafeBytes { (bytes) throws(TorchError) in
      try adding(type) { functions.graph_add_constant(handle, $0, bytes.baseAddress! + offset, &$1) }
    }
  }

  /// Adds a parameter whose value starts at this byte of the weights.
  func addParameter(_ type: TensorType, offset: Int) throws(TorchError) -> Int64 {
    try weights.withUnsafeBytes { (bytes) throws(TorchError) in
      try adding(type) { functions.graph_add_parameter(handle, $0, bytes.baseAddress! + offset, &$1) }
    }
  }

  /// Adds an operation; returns its first result's number.
  func add(_ operation: TorchOperation, name: String, inputs: [Int64], results: Int) throws(TorchError)
    -> Int64
  {
    var value: Int64 = 0
    let message = name.withCString { name in
      inputs.withUnsafeBufferPointer { inputs in
        operation.attributes.withUnsafeBufferPointer { attributes in
          var description = pt_operation(
            kind: operation.kind, name: name, inputs: inputs.baseAddress, input_count: inputs.count,
            attributes: attributes.baseAddress, attribute_count: attributes.count,
            epsilon: Double(operation.epsilon), result_count: results)
          return functions.graph_add_operation(handle, &description, &value)
        }
      }
    }
    try runtime.check(message)
    return value
  }

  /// Makes a value an output.
  func addOutput(_ type: TensorType, value: Int64) throws(TorchError) {
    _ = try adding(type) { type, _ in functions.graph_add_output(handle, type, value) }
  }

  /// What is added from now on is a segment, whose inside is computed anew for gradients.
  func beginSegment() throws(TorchError) { try runtime.check(functions.graph_begin_segment(handle)) }

  private func adding(
    _ type: TensorType,
    _ body: (pt_type, inout Int64) -> UnsafeMutablePointer<CChar>?
  ) throws(TorchError) -> Int64 {
    var value: Int64 = 0
    let dimensions = type.shape.map(Int64.init)
    let message = dimensions.withUnsafeBufferPointer {
      body(pt_type(element: type.elementType.element, dims: $0.baseAddress, rank: $0.count), &value)
    }
    try runtime.check(message)
    return value
  }

  // MARK: - Running

  /// Runs once, on the calling thread and libtorch's own; with a scale, the gradients of the output of index
  /// `loss` are added to those of the parameters.
  func run(
    _ inputs: [Tensor], _ outputs: [TensorType], differentiating loss: Int? = nil, scale: Double = 1
  ) throws(TorchError) -> [Tensor] {
    let buffers = outputs.map {
      UnsafeMutableRawBufferPointer.allocate(byteCount: $0.byteCount, alignment: 64)
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    let destinations = buffers.map(\.baseAddress)
    let message = withPointers(to: inputs) { sources in
      guard let loss else { return functions.graph_run(handle, sources, destinations) }
      return functions.graph_differentiate(handle, sources, destinations, loss, scale)
    }
    try runtime.check(message)
    return zip(outputs, buffers).map { type, buffer in
      Tensor(type) { $0.copyMemory(from: UnsafeRawBufferPointer(buffer)) }
    }
  }

  // MARK: - Parameters

  /// Sets all gradients to zero.
  func clearGradients() throws(TorchError) { try runtime.check(functions.graph_clear_gradients(handle)) }

  /// The length of all gradients together.
  func gradientNorm() throws(TorchError) -> Double {
    var norm = 0.0
    try runtime.check(functions.graph_gradient_norm(handle, &norm))
    return norm
  }

  /// Replaces all gradients by their means over several processes.
  func averageGradients(over group: GroupHandle) throws(TorchError) { try group.averageGradients(of: handle) }

  /// Changes all parameters by a step.
  func update(_ optimizer: AdamW, step: Int, gradientScale: Double) throws(TorchError) {
    var settings = pt_adamw(
      rate: optimizer.rate, first_decay: optimizer.firstDecay, second_decay: optimizer.secondDecay,
      epsilon: optimizer.epsilon, weight_decay: optimizer.weightDecay, step: Int64(step),
      gradient_scale: gradientScale)
    try runtime.check(functions.graph_update(handle, &settings))
  }

  /// A part of a parameter's state.
  func read(_ part: ParameterPart, of index: Int, _ type: TensorType) throws(TorchError) -> Tensor {
    var message: UnsafeMutablePointer<CChar>?
    let tensor = Tensor(type) {
      message = functions.graph_read_parameter(handle, index, part.aspect, $0.baseAddress)
    }
    try runtime.check(message)
    return tensor
  }

  /// Changes a part of a parameter's state.
  func write(_ part: ParameterPart, of index: Int, _ tensor: Tensor) throws(TorchError) {
    try runtime.check(
      tensor.withUnsafeBytes { functions.graph_write_parameter(handle, index, part.aspect, $0.baseAddress) })
  }
}

/// Gives the addresses of several tensors' bytes, valid inside `body`.
private func withPointers<Result>(
  to tensors: [Tensor], _ addresses: [UnsafeRawPointer?] = [], _ body: ([UnsafeRawPointer?]) -> Result
) -> Result {
  guard addresses.count < tensors.count else { return body(addresses) }
  return tensors[addresses.count].withUnsafeBytes {
    withPointers(to: tensors, addresses + [$0.baseAddress], body)
  }
}
