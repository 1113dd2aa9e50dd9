import Diffusion
import PipelineKit
import Tensors

extension WeightsReference {
  /// What keeps CLIP of these weights from reading a text; nil when nothing does, and before a plan has found them.
  ///
  /// - Parameters:
  ///   - key: the parameter that names them.
  ///   - textKey: the parameter that is the text.
  func conflict(key: String = "weights", ofText text: String, _ textKey: String) -> ParameterConflict? {
    guard let path = foundPath else { return nil }
    if let fault = conflict(key: key, of: { try CLIPTextEmbedding(weightsAt: $0) }) { return fault }
    do {
      let words = try CLIPTextEmbedding(weightsAt: path).words(text, tokenizer: path)
      return words.dropped.map {
        ParameterConflict(textKey, "CLIP has no room for all of it; too much is: \($0)")
      }
    } catch {
      return ParameterConflict(key, "'\(name)': \(error)")
    }
  }
}

/// CLIP's text tower of weights, and a text as it takes it.
// Not inlined: Swift 6.3's optimizer crashes on typed errors in a coroutine.
@inline(never)
func preparedText(_ text: String, weightsAt path: String) throws -> (CLIPTextEmbedding, [String: Tensor]) {
  let network = try CLIPTextEmbedding(weightsAt: path)
  return (network, network.inputs(try network.words(text, tokenizer: path)))
}
