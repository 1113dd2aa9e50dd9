import COpenVINO
import Tensors

/// Owns a compiled model and what it reads from.
///
/// Sendable: the library allows any thread to make requests of a compiled model, and nothing here changes.
final class CompiledHandle: @unchecked Sendable {
  private let core: Core
  private let handle: OpaquePointer
  /// Kept mapped: weights that need no repacking are read in place.
  private let weights: WeightRegion

  /// Takes ownership of a handle.
  init(owning handle: OpaquePointer, core: Core, weights: WeightRegion) {
    self.core = core
    self.handle = handle
    self.weights = weights
  }

  deinit { core.runtime.functions.compiled_model_free(handle) }

  /// A set of buffers to run with.
  func makeRequest() throws(OpenVINOError) -> InferRequest {
    let runtime = core.runtime
    let request = try runtime.make("compiled_model_create_infer_request") {
      runtime.functions.compiled_model_create_infer_request(handle, &$0)
    }
    return InferRequest(owning: request, runtime: runtime)
  }
}
