/// Renames the weights of DINO and DINOv2 to those of transformers' Dinov2Model, from the names that their authors gave
/// them, and from those of transformers' ViTModel.
enum DINONames {
  /// The tensor under its new names: three for a joint query-key-value matrix, none for what is not used, the old one for
  /// what is neither's.
  static func rename(_ name: String, _ tensor: CheckpointTensor) -> [(String, CheckpointTensor)] {
    if unused.contains(where: name.hasPrefix) { return [] }
    if let end = ends[name] { return [(end, tensor)] }
    for prefix in ["blocks.", "encoder.layer."] {
      guard let rest = suffix(of: name, after: prefix) else { continue }
      let parts = rest.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2, let index = Int(parts[0]) else { continue }
      return layer(parts[1], tensor).map { ("encoder.layer.\(index).\($0)", $1) }
    }
    return [(name, tensor)]
  }

  private static func layer(_ name: String, _ tensor: CheckpointTensor) -> [(String, CheckpointTensor)] {
    if let kind = suffix(of: name, after: "attn.qkv."), let rows = tensor.shape.first, rows.isMultiple(of: 3)
    {
      let third = rows / 3
      return ["query", "key", "value"].enumerated().map { number, target in
        ("attention.attention.\(target).\(kind)", tensor.rows(number * third..<(number + 1) * third))
      }
    }
    for (old, new) in layers {
      if let kind = suffix(of: name, after: old) { return [(new + kind, tensor)] }
    }
    return [(name, tensor)]
  }

  /// What training or a classifier takes and the class token does not.
  private static let unused = ["mask_token", "embeddings.mask_token", "pooler."]

  private static let ends = [
    "cls_token": "embeddings.cls_token", "pos_embed": "embeddings.position_embeddings",
    "patch_embed.proj.weight": "embeddings.patch_embeddings.projection.weight",
    "patch_embed.proj.bias": "embeddings.patch_embeddings.projection.bias",
    "norm.weight": "layernorm.weight", "norm.bias": "layernorm.bias",
  ]

  private static let layers = [
    ("attn.proj.", "attention.output.dense."), ("ls1.gamma", "layer_scale1.lambda1"),
    ("ls2.gamma", "layer_scale2.lambda1"), ("layernorm_before.", "norm1."), ("layernorm_after.", "norm2."),
    ("intermediate.dense.", "mlp.fc1."), ("output.dense.", "mlp.fc2."),
  ]
}
