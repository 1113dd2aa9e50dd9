/// Renames the weights of the original autoencoder to diffusers' names.
struct OriginalVAENames {
  /// Resolutions of the decoder, which the original counts from the coarse end and diffusers from the fine.
  private let levels: Int

  init(_ names: some Sequence<String>) {
    let ups = names.compactMap { name in
      suffix(of: name, after: OriginalLayout.vaePrefix + "decoder.up.").flatMap { rest in
        Int(rest.prefix { $0 != "." })
      }
    }
    levels = (ups.max() ?? 0) + 1
  }

  /// The diffusers name, or nil for a name that is no weight of this network.
  func rename(_ name: String) -> String? {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count >= 3, parts[0] == "encoder" || parts[0] == "decoder" else {
      return name.hasPrefix("quant_conv.") || name.hasPrefix("post_quant_conv.") ? name : nil
    }
    let rest = Array(parts.dropFirst(2))
    let renamed: [String]? =
      switch parts[1] {
      case "conv_in", "conv_out": [parts[1]] + rest
      case "norm_out": ["conv_norm_out"] + rest
      case "mid": middle(rest)
      case "down" where parts[0] == "encoder": sampling(rest, "down", level: { $0 })
      case "up" where parts[0] == "decoder": sampling(rest, "up", level: { levels - 1 - $0 })
      default: nil
      }
    return renamed.map { ([parts[0]] + $0).joined(separator: ".") }
  }

  /// `LEVEL.block.N.layer…` or `LEVEL.upsample.conv…`.
  private func sampling(_ parts: [String], _ way: String, level: (Int) -> Int) -> [String]? {
    guard parts.count >= 3, let number = Int(parts[0]), (0..<4096).contains(number) else { return nil }
    let block = ["\(way)_blocks", "\(level(number))"]
    if parts[1] == "block" { return block + ["resnets"] + residual(Array(parts.dropFirst(2))) }
    return parts[1] == "\(way)sample" ? block + ["\(way)samplers", "0"] + parts.dropFirst(2) : nil
  }

  private func middle(_ parts: [String]) -> [String]? {
    guard parts.count >= 2 else { return nil }
    let rest = Array(parts.dropFirst())
    switch parts[0] {
    case "block_1": return ["mid_block", "resnets", "0"] + residual(rest)
    case "block_2": return ["mid_block", "resnets", "1"] + residual(rest)
    case "attn_1":
      guard let layer = OriginalVAENames.attentionLayers[rest[0]] else { return nil }
      return ["mid_block", "attentions", "0", layer] + rest.dropFirst()
    default: return nil
    }
  }

  private func residual(_ parts: [String]) -> [String] {
    parts.map { $0 == "nin_shortcut" ? "conv_shortcut" : $0 }
  }

  private static let attentionLayers = [
    "norm": "group_norm", "q": "to_q", "k": "to_k", "v": "to_v", "proj_out": "to_out.0",
  ]

  /// A diffusers name with the attention's layers called what they are called today.
  static func currentAttention(_ name: String) -> String {
    guard name.contains("mid_block.attentions.") else { return name }
    var parts = name.split(separator: ".").map(String.init)
    guard parts.count >= 2, let new = oldDiffusersLayers[parts[parts.count - 2]] else { return name }
    parts[parts.count - 2] = new
    return parts.joined(separator: ".")
  }

  private static let oldDiffusersLayers = [
    "query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0",
  ]
}
