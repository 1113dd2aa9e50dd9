import Tensors

/// An IP-Adapter: what turns features of pictures into tokens, and the layers by which a denoiser attends to them beside
/// its text.
///
/// Source: Ye et al. 2023; the layout of `ip-adapter_sd15.safetensors` and `ip-adapter-plus_sd15.safetensors`, which
/// diffusers reads, too.
package struct IPAdapter: Sendable {
  private let path: String
  private let checkpoint: Checkpoint
  /// From features to tokens, in the shape that the weights have.
  package let projection: IPAdapterProjection

  /// Opens an adapter's file, or a folder with it.
  ///
  /// - Throws: `CheckpointError` for what is no such adapter.
  package init(path: String) throws(CheckpointError) {
    self.path = path
    checkpoint = try WeightFiles(at: path).checkpoint()
    guard let projection = IPAdapterProjection(checkpoint) else {
      throw CheckpointError(.noWeights, in: path, Self.strangeness(of: checkpoint))
    }
    self.projection = projection
  }

  /// What a file is that is no adapter of the kinds known here.
  private static func strangeness(of checkpoint: Checkpoint) -> String {
    let known = "the kinds known here are base (image_proj.proj.weight) and Plus (image_proj.latents)"
    if checkpoint["image_proj.proj.0.weight"] != nil {
      return
        "it maps features by two layers (image_proj.proj.0, proj.2), as full-face and FaceID adapters do; "
        + known
    }
    return "it is no IP-Adapter: \(known)"
  }

  /// What keeps a denoiser from using it; nil when nothing does.
  package func fault(with unet: UNet) -> String? {
    let width = unet.configuration.contextWidth
    guard projection.width == width else {
      return "the adapter '\(path)' makes tokens \(projection.width) wide, the denoiser takes \(width)"
    }
    let names = unet.crossAttentions
    let found = checkpoint.tensors.keys.count { $0.hasPrefix(Self.prefix) && $0.hasSuffix(Self.keyEnding) }
    guard found == names.count else {
      return
        "the adapter '\(path)' is for a denoiser with \(found) layers that attend to text; this one has \(names.count)"
    }
    return nil
  }

  /// A denoiser's weights and the adapter's, under the names that its graph asks for.
  func weights(beside denoiser: any Weights, of unet: UNet) throws -> any Weights {
    if let fault = fault(with: unet) { throw InpaintingError(fault) }
    // Where weights are only listed, the adapter's are listed like the others.
    if denoiser is WeightList { return denoiser }
    var own: [String: CheckpointTensor] = [:]
    for (place, layer) in unet.crossAttentions.enumerated() {
      // Every second attention is one of pixels to each other, which the adapter leaves alone.
      for name in [ImageContext.key, ImageContext.value] {
        own["\(layer).\(name).weight"] = checkpoint["\(Self.prefix)\(2 * place + 1).\(name).weight"]
      }
    }
    return AdaptedWeights(denoiser: denoiser, adapter: Checkpoint(tensors: own, files: checkpoint.files))
  }

  private static let prefix = "ip_adapter."
  private static let keyEnding = "\(ImageContext.key).weight"
}

/// Two files' weights.
private struct AdaptedWeights: Weights {
  let denoiser: any Weights
  let adapter: Checkpoint

  func constant(_ name: String, shape: [Int]) throws -> Constant {
    let isOwn = [ImageContext.key, ImageContext.value].contains { name.hasSuffix(".\($0).weight") }
    return try isOwn ? adapter.constant(name, shape: shape) : denoiser.constant(name, shape: shape)
  }

  func inputRange(of layer: String) throws -> ClosedRange<Float>? { try denoiser.inputRange(of: layer) }
}
