/// Renames the weights of the original UNet, whose blocks are numbered straight through, to diffusers'
/// names, which count residual, attention and sampling layers within each resolution.
struct OriginalUNetNames {
  /// Residual layers on the way down at each resolution, plus one: the numbering's period.
  private let period: Int

  /// Learns from the position of the first downsampling how many layers a resolution has.
  init(_ names: some Sequence<String>) {
    let downsamplings = names.compactMap { name -> Int? in
      guard let rest = suffix(of: name, after: OriginalLayout.unetPrefix + "input_blocks."),
        rest.hasSuffix(".0.op.weight")
      else { return nil }
      return Int(rest.prefix { $0 != "." })
    }
    period = downsamplings.filter { $0 > 0 }.min() ?? 3
  }

  /// The diffusers name, or nil for a name that is no weight of this network.
  func rename(_ name: String) -> String? {
    for (old, new) in OriginalUNetNames.ends {
      if let rest = suffix(of: name, after: old) { return new + rest }
    }
    let parts = name.split(separator: ".", maxSplits: 3).map(String.init)
    guard parts.count == 4, let block = Int(parts[1]), let layer = Int(parts[2]) else {
      return middle(name)
    }
    switch parts[0] {
    case "input_blocks" where block > 0: return input(block - 1, layer, parts[3])
    case "output_blocks": return output(block, layer, parts[3])
    default: return middle(name)
    }
  }

  private func input(_ block: Int, _ layer: Int, _ rest: String) -> String? {
    let (level, position) = block.quotientAndRemainder(dividingBy: period)
    if let rest = suffix(of: rest, after: "op.") { return "down_blocks.\(level).downsamplers.0.conv.\(rest)" }
    switch layer {
    case 0: return residual(rest).map { "down_blocks.\(level).resnets.\(position).\($0)" }
    case 1: return "down_blocks.\(level).attentions.\(position).\(rest)"
    default: return nil
    }
  }

  private func output(_ block: Int, _ layer: Int, _ rest: String) -> String? {
    let (level, position) = block.quotientAndRemainder(dividingBy: period)
    if layer == 0 { return residual(rest).map { "up_blocks.\(level).resnets.\(position).\($0)" } }
    if rest.hasPrefix("conv.") { return "up_blocks.\(level).upsamplers.0.\(rest)" }
    return layer == 1 ? "up_blocks.\(level).attentions.\(position).\(rest)" : nil
  }

  private func middle(_ name: String) -> String? {
    if let rest = suffix(of: name, after: "middle_block.0.") {
      return residual(rest).map { "mid_block.resnets.0.\($0)" }
    }
    if let rest = suffix(of: name, after: "middle_block.1.") { return "mid_block.attentions.0.\(rest)" }
    if let rest = suffix(of: name, after: "middle_block.2.") {
      return residual(rest).map { "mid_block.resnets.1.\($0)" }
    }
    return nil
  }

  private func residual(_ name: String) -> String? {
    for (old, new) in OriginalUNetNames.residualLayers {
      if let rest = suffix(of: name, after: old) { return new + rest }
    }
    return nil
  }

  private static let ends = [
    ("time_embed.0.", "time_embedding.linear_1."), ("time_embed.2.", "time_embedding.linear_2."),
    ("input_blocks.0.0.", "conv_in."), ("out.0.", "conv_norm_out."), ("out.2.", "conv_out."),
  ]

  private static let residualLayers = [
    ("in_layers.0.", "norm1."), ("in_layers.2.", "conv1."), ("out_layers.0.", "norm2."),
    ("out_layers.3.", "conv2."), ("emb_layers.1.", "time_emb_proj."), ("skip_connection.", "conv_shortcut."),
  ]
}
