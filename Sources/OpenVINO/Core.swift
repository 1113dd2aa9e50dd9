import COpenVINO
import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The runtime's root object: it knows the devices and their plugins.
///
/// Sendable: the library guards its core with locks of its own.
final class Core: @unchecked Sendable {
  let runtime: OpenVINORuntime
  private let handle: OpaquePointer
  /// The processor; the one device that is used.
  private let device = "CPU"

  init(_ runtime: OpenVINORuntime) throws(OpenVINOError) {
    self.runtime = runtime
    handle = try runtime.make("core_create") { runtime.functions.core_create(&$0) }
  }

  deinit { runtime.functions.core_free(handle) }

  /// A property of the processor, as text.
  func property(_ key: String) throws(OpenVINOError) -> String {
    var value: UnsafeMutablePointer<CChar>?
    try runtime.check(
      "core_get_property", runtime.functions.core_get_property(handle, device, key, &value))
    guard let value else { return "" }
    defer { runtime.functions.free(value) }
    return String(cString: value)
  }

  /// Compiles a model given as text, whose weights lie in `weights`.
  ///
  /// The region must outlive the result: the runtime may go on reading weights from it.
  func compile(
    xml: String, weights: WeightRegion, properties: [(key: String, value: String)]
  ) throws(OpenVINOError) -> OpaquePointer {
    let model = try read(xml, weights)
    defer { runtime.functions.model_free(model) }
    let texts = properties.map { (strdup($0.key), strdup($0.value)) }
    defer { for text in texts { free(text.0); free(text.1) } }
    let list = texts.map { ov_text_property(key: $0.0, value: $0.1) }
    return try runtime.make("core_compile_model") { compiled in
      withUnsafePointer(to: runtime.functions) { functions in
        ov_compile(functions, handle, model, device, list, list.count, &compiled)
      }
    }
  }

  private func read(_ xml: String, _ weights: WeightRegion) throws(OpenVINOError) -> OpaquePointer {
    let tensor = try weights.withUnsafeBytes { (bytes) throws(OpenVINOError) in
      var length = Int64(bytes.count)
      return try runtime.make("tensor_create_from_host_ptr") { tensor in
        withUnsafeMutablePointer(to: &length) {
          runtime.functions.tensor_create_from_host_ptr(
            Int32(OV_ELEMENT_U8), ov_shape(rank: 1, dims: $0), bytes.baseAddress, &tensor)
        }
      }
    }
    defer { runtime.functions.tensor_free(tensor) }
    return try runtime.make("core_read_model_from_memory_buffer") { model in
      runtime.functions.core_read_model_from_memory_buffer(handle, xml, xml.utf8.count, tensor, &model)
    }
  }
}
