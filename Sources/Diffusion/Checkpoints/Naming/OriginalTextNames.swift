/// Renames the weights of Stable Diffusion's original text encoders to those of CLIPTextModel: version 1's, which has
/// transformers' names, and version 2's, which has OpenCLIP's, and a layer more than is used.
enum OriginalTextNames {
  /// The tensor under its new names (three for a joint query-key-value matrix, none for what is not used), or nil for a
  /// name that is no part of a text encoder.
  static func rename(_ name: String, _ tensor: CheckpointTensor) -> [(String, CheckpointTensor)]? {
    if let rest = suffix(of: name, after: version1) {
      return rest.hasSuffix("position_ids") ? [] : [("text_model.\(rest)", tensor)]
    }
    guard let rest = suffix(of: name, after: version2) else { return nil }
    if let layer = suffix(of: rest, after: "transformer.resblocks.") {
      return self.layer(layer, tensor)
    }
    if ["text_projection", "logit_scale", "attn_mask"].contains(rest) { return [] }
    return ends[rest].map { [("text_model.\($0)", tensor)] }
  }

  /// `LAYER.part.kind`, where a joint matrix holds queries, keys and values in thirds of its rows.
  private static func layer(_ name: String, _ tensor: CheckpointTensor) -> [(String, CheckpointTensor)]? {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, let index = Int(parts[0]) else { return nil }
    func place(_ part: String) -> String { "text_model.encoder.layers.\(index).\(part)" }
    if let kind = suffix(of: parts[1], after: "attn.in_proj_") {
      guard let rows = tensor.shape.first, rows.isMultiple(of: 3) else { return nil }
      let third = rows / 3
      return ["q_proj", "k_proj", "v_proj"].enumerated().map { number, target in
        (place("self_attn.\(target).\(kind)"), tensor.rows(number * third..<(number + 1) * third))
      }
    }
    for (old, new) in layers {
      if let kind = suffix(of: parts[1], after: old) { return [(place(new + kind), tensor)] }
    }
    return nil
  }

  static let version1 = "cond_stage_model.transformer.text_model."
  static let version2 = "cond_stage_model.model."

  private static let ends = [
    "token_embedding.weight": "embeddings.token_embedding.weight",
    "positional_embedding": "embeddings.position_embedding.weight",
    "ln_final.weight": "final_layer_norm.weight", "ln_final.bias": "final_layer_norm.bias",
  ]

  private static let layers = [
    ("attn.out_proj.", "self_attn.out_proj."), ("ln_1.", "layer_norm1."), ("ln_2.", "layer_norm2."),
    ("mlp.c_fc.", "mlp.fc1."), ("mlp.c_proj.", "mlp.fc2."),
  ]
}

extension Checkpoint {
  /// A text encoder without the layers that its configuration does not have.
  func withoutLayers(from depth: Int) -> Checkpoint {
    var shorter = self
    for name in tensors.keys {
      guard let rest = suffix(of: name, after: "text_model.encoder.layers.") else { continue }
      if let layer = Int(rest.prefix { $0 != "." }), layer >= depth { shorter.tensors[name] = nil }
    }
    return shorter
  }
}
