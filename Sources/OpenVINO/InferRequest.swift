import COpenVINO
import Tensors

/// One run's buffers. Not for two threads at once; its owner sees to that.
struct InferRequest: ~Copyable {
  private let runtime: OpenVINORuntime
  private let handle: OpaquePointer

  /// Takes ownership of a handle.
  init(owning handle: OpaquePointer, runtime: OpenVINORuntime) {
    self.handle = handle
    self.runtime = runtime
  }

  deinit { runtime.functions.infer_request_free(handle) }

  /// Copies a tensor into the input of this index.
  func set(_ tensor: Tensor, asInput index: Int) throws(OpenVINOError) {
    let buffer = try runtime.make("infer_request_get_input_tensor_by_index") {
      runtime.functions.infer_request_get_input_tensor_by_index(handle, index, &$0)
    }
    defer { runtime.functions.tensor_free(buffer) }
    let destination = try bytes(of: buffer, expecting: tensor.type)
    tensor.withUnsafeBytes { destination.copyMemory(from: $0) }
  }

  /// Runs once, on the calling thread and the runtime's own.
  func infer() throws(OpenVINOError) {
    try runtime.check("infer_request_infer", runtime.functions.infer_request_infer(handle))
  }

  /// Copies the output of this index out.
  func output(_ index: Int, _ type: TensorType) throws(OpenVINOError) -> Tensor {
    let buffer = try runtime.make("infer_request_get_output_tensor_by_index") {
      runtime.functions.infer_request_get_output_tensor_by_index(handle, index, &$0)
    }
    defer { runtime.functions.tensor_free(buffer) }
    let source = try bytes(of: buffer, expecting: type)
    return Tensor(type) { $0.copyMemory(from: UnsafeRawBufferPointer(source)) }
  }

  /// A buffer's memory, once its length is what the graph's shape inference says.
  private func bytes(
    of buffer: OpaquePointer, expecting type: TensorType
  ) throws(OpenVINOError) -> UnsafeMutableRawBufferPointer {
    var (count, start): (Int, UnsafeMutableRawPointer?) = (0, nil)
    try runtime.check("tensor_get_byte_size", runtime.functions.tensor_get_byte_size(buffer, &count))
    guard count == type.byteCount else {
      throw .callFailed(
        call: "tensor_get_byte_size", status: 0, message: "\(count) bytes where the graph has \(type)")
    }
    try runtime.check("tensor_data", runtime.functions.tensor_data(buffer, &start))
    return UnsafeMutableRawBufferPointer(start: start, count: count)
  }
}
