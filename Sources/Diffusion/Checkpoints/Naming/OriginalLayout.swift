/// The original single-file checkpoint (`model.ckpt`), taken apart into the components of a diffusers folder,
/// each under diffusers' names.
///
/// Source: the authors' module names (Fantasy-Studio/Paint-by-Example) and diffusers' own.
package struct OriginalLayout: Sendable {
  /// `model.diffusion_model.*`.
  package let unet: Checkpoint
  /// `first_stage_model.*`.
  package let vae: Checkpoint
  /// CLIP's vision tower, the exemplar mapper, final norm, projection and unconditional vector.
  package let imageEncoder: Checkpoint
  /// CLIP's text tower, of a model that is painted with by text.
  package let textEncoder: Checkpoint
  /// Names that belong to no component: the noise schedule's tables, moving averages and the like.
  package let ignored: [String]

  /// Whether the names are those of an original checkpoint.
  package static func matches(_ checkpoint: Checkpoint) -> Bool {
    checkpoint.tensors.keys.contains { $0.hasPrefix(unetPrefix) }
  }

  /// Takes a checkpoint apart.
  ///
  /// - Throws: an error that lists every name that has a component's prefix but no place in it.
  package init(_ checkpoint: Checkpoint) throws(CheckpointError) {
    var components: [Component: [String: CheckpointTensor]] = [:]
    var ignored: [String] = []
    var unknown: [String] = []
    let unetNames = OriginalUNetNames(checkpoint.tensors.keys)
    let vaeNames = OriginalVAENames(checkpoint.tensors.keys)
    for (name, tensor) in checkpoint.tensors {
      let renamed: [(Component, String, CheckpointTensor)]?
      if let rest = suffix(of: name, after: OriginalLayout.unetPrefix) {
        renamed = unetNames.rename(rest).map { [(.unet, $0, tensor)] }
      } else if let rest = suffix(of: name, after: OriginalLayout.vaePrefix) {
        if rest.hasPrefix("loss.") {
          renamed = []
        } else {
          renamed = vaeNames.rename(rest).map { [(.vae, $0, matrix(tensor, named: $0))] }
        }
      } else if let encoder = OriginalTextNames.rename(name, tensor) {
        renamed = encoder.map { (.textEncoder, $0.0, $0.1) }
      } else if let encoder = OriginalEncoderNames.rename(name, tensor) {
        renamed = encoder.map { (.imageEncoder, $0.0, $0.1) }
      } else {
        renamed = name.hasPrefix("cond_stage_model.") ? nil : []
      }
      guard let renamed else { unknown.append(name); continue }
      if renamed.isEmpty { ignored.append(name) }
      for (component, new, tensor) in renamed { components[component, default: [:]][new] = tensor }
    }
    guard unknown.isEmpty else {
      throw CheckpointError(
        .noWeights, in: checkpoint.files.joined(separator: ", "),
        "names without a place in the model: \(unknown.sorted().joined(separator: ", "))")
    }
    func component(_ component: Component) -> Checkpoint {
      Checkpoint(tensors: components[component] ?? [:], files: checkpoint.files)
    }
    (unet, vae) = (component(.unet), component(.vae))
    (imageEncoder, textEncoder) = (component(.imageEncoder), component(.textEncoder))
    self.ignored = ignored.sorted()
  }

  private enum Component { case unet, vae, imageEncoder, textEncoder }

  static let unetPrefix = "model.diffusion_model."
  static let vaePrefix = "first_stage_model."
}

extension Checkpoint {
  /// A diffusers autoencoder with the attention's names of today (`to_q`, `to_out.0`) instead of those of old
  /// files (`query`, `proj_attn`), and its 1×1 convolutions as matrices.
  package func withCurrentVAENames() -> Checkpoint {
    var renamed = self
    renamed.tensors = [:]
    for (name, tensor) in tensors {
      let new = OriginalVAENames.currentAttention(name)
      renamed.tensors[new] = matrix(tensor, named: new)
    }
    return renamed
  }
}

extension Checkpoint {
  /// An encoder with the names of published files, `vision_model.embeddings…`: transformers from 5 on writes the tower's
  /// weights without `vision_model`.
  package func withCurrentNames(of tower: CLIPTowerNames) -> Checkpoint {
    var renamed = self
    renamed.tensors = [:]
    for (name, tensor) in tensors { renamed.tensors[tower.published(name)] = tensor }
    return renamed
  }
}

/// What follows a prefix, or nil.
func suffix(of name: String, after prefix: String) -> String? {
  name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
}

/// An attention's 1×1 convolution as a matrix.
private func matrix(_ tensor: CheckpointTensor, named name: String) -> CheckpointTensor {
  guard name.contains(".attentions."), tensor.shape.count == 4, tensor.shape[2...] == [1, 1] else {
    return tensor
  }
  return tensor.reshaped(Array(tensor.shape.prefix(2)))
}
