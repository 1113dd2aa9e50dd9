import COpenVINO
import CProcessor

/// A loaded OpenVINO library.
///
/// Sendable: the table of functions is filled once, before anybody else sees it, and the library is never
/// unloaded.
final class OpenVINORuntime: @unchecked Sendable {
  /// The C functions.
  let functions: ov_functions
  /// The library's file.
  let path: String
  /// Its version: `2026.4.1-22982-…`.
  let version: String

  /// Finds and loads a runtime.
  ///
  /// - Throws: `OpenVINOError.runtimeMissing` listing all that was tried.
  convenience init(_ locator: RuntimeLocator = .current) throws(OpenVINOError) {
    var tried: [String] = []
    for candidate in locator.candidates() {
      var reason = [CChar](repeating: 0, count: 1024)
      var functions = ov_functions()
      if ov_load(candidate, &functions, &reason, reason.count) == 1 {
        try self.init(functions, path: candidate)
        return
      }
      tried.append(text(reason))
    }
    throw .runtimeMissing(tried: tried)
  }

  private init(_ functions: ov_functions, path: String) throws(OpenVINOError) {
    self.functions = functions
    var found = [CChar](repeating: 0, count: 4096)
    let isKnown = withUnsafePointer(to: functions) { ov_library_path($0, &found, found.count) == 1 }
    self.path = isKnown ? text(found) : path
    var version = ov_version()
    guard functions.get_openvino_version(&version) == 0 else {
      throw .runtimeUnsupported(path: self.path, reason: "does not tell its version")
    }
    defer { functions.version_free(&version) }
    self.version = version.build.map { String(cString: $0) } ?? "unknown"
    try checkElementNumbers()
  }

  /// What is worth knowing of this machine.
  var notes: [String] {
    guard processor_withholds_tiles() != 0 else { return [] }
    return ["the processor's matrix units (AMX) are announced but withheld by the virtual machine; unused"]
  }

  /// Throws when a call's status is not success, with the library's own words.
  func check(_ call: StaticString, _ status: ov_status) throws(OpenVINOError) {
    guard status != 0 else { return }
    var words = functions.get_error_info(status).map { String(cString: $0) } ?? ""
    if let detail = functions.get_last_err_msg() {
      words = String(cString: detail)
      functions.free(detail)
    }
    throw .callFailed(call: "\(call)", status: status, message: words)
  }

  /// The result of a call that fills in a handle.
  func make(
    _ call: StaticString, _ body: (inout OpaquePointer?) -> ov_status
  ) throws(OpenVINOError) -> OpaquePointer {
    var handle: OpaquePointer?
    try check(call, body(&handle))
    guard let handle else { throw .callFailed(call: "\(call)", status: 0, message: "no result") }
    return handle
  }

  /// Element types have been renumbered between releases; weights are handed over as bytes, so this one must
  /// be right.
  private func checkElementNumbers() throws(OpenVINOError) {
    var bytes = [UInt8](repeating: 0, count: 64)
    var dimensions: [Int64] = [64]
    var size = 0
    let status = bytes.withUnsafeMutableBytes { memory in
      dimensions.withUnsafeMutableBufferPointer { dims in
        var tensor: OpaquePointer?
        let status = functions.tensor_create_from_host_ptr(
          Int32(OV_ELEMENT_U8), ov_shape(rank: 1, dims: dims.baseAddress), memory.baseAddress, &tensor)
        guard status == 0 else { return status }
        defer { functions.tensor_free(tensor) }
        return functions.tensor_get_byte_size(tensor, &size)
      }
    }
    guard status == 0, size == 64 else {
      throw .runtimeUnsupported(
        path: path, reason: "OpenVINO \(version) is too old; release 2025.0 or later is needed")
    }
  }
}

/// A C string in a buffer.
private func text(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
