/// Renames the weights of the original exemplar encoder to diffusers' names.
enum OriginalEncoderNames {
  /// The tensor under its new names (three for a joint query-key-value matrix, none for what is no weight),
  /// or nil for a name that is no part of the encoder.
  static func rename(_ name: String, _ tensor: CheckpointTensor) -> [(String, CheckpointTensor)]? {
    if let rest = suffix(of: name, after: "cond_stage_model.transformer.") {
      return rest.hasSuffix("position_ids") ? [] : [("model.\(rest)", tensor)]
    }
    if let rest = suffix(of: name, after: "cond_stage_model.mapper.resblocks.") {
      return mapper(rest, tensor)
    }
    if let rest = suffix(of: name, after: "cond_stage_model.final_ln.") {
      return [("final_layer_norm.\(rest)", tensor)]
    }
    if name.hasPrefix("proj_out.") { return [(name, tensor)] }
    return name == "learnable_vector" ? [("uncond_vector", tensor)] : nil
  }

  /// `BLOCK.layer.kind`, where a joint matrix holds queries, keys and values in thirds of its rows.
  private static func mapper(
    _ name: String, _ tensor: CheckpointTensor
  ) -> [(String, CheckpointTensor)]? {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count >= 3, let block = Int(parts[0]) else { return nil }
    let layer = parts[1..<parts.count - 1].joined(separator: ".")
    func place(_ layer: String) -> String { "mapper.blocks.\(block).\(layer).\(parts.last!)" }
    if layer == "attn.c_qkv" {
      guard let rows = tensor.shape.first, rows.isMultiple(of: 3) else { return nil }
      let third = rows / 3
      return ["to_q", "to_k", "to_v"].enumerated().map { index, target in
        (place("attn1.\(target)"), tensor.rows(index * third..<(index + 1) * third))
      }
    }
    return layers[layer].map { [(place($0), tensor)] }
  }

  private static let layers = [
    "attn.c_proj": "attn1.to_out.0", "ln_1": "norm1", "ln_2": "norm3",
    "mlp.c_fc": "ff.net.0.proj", "mlp.c_proj": "ff.net.2",
  ]
}

/// What published files call one of CLIP's towers, and the parts it has.
package enum CLIPTowerNames: String {
  /// Of pictures.
  case vision = "vision_model"
  /// Of prompts.
  case text = "text_model"

  /// A part's name with the tower's in it.
  func published(_ name: String) -> String {
    let prefix = name.hasPrefix("model.") ? "model." : ""
    let rest = name.dropFirst(prefix.count)
    return parts.contains(String(rest.prefix { $0 != "." })) ? "\(prefix)\(rawValue).\(rest)" : name
  }

  private var parts: Set<String> {
    switch self {
    case .vision: ["embeddings", "pre_layrnorm", "encoder", "post_layernorm"]
    case .text: ["embeddings", "encoder", "final_layer_norm"]
    }
  }
}
