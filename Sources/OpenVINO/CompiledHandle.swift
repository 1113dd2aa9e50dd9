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

  /// Hands a graph to the runtime; weights stay where they are.
  init(_ graph: Graph, _ options: CompileOptions, _ spelling: IRWriter.Spelling, on core: Core) throws {
    var layout = try WeightLayout(graph)
    let xml = IRWriter.xml(graph, layout: &layout, spelling: spelling)
    self.core = core
    weights = try WeightRegion(layout)
    handle = try core.compile(xml: xml, weights: weights, properties: options.properties)
    weights.releasePages()
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
