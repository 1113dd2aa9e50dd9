import Foundations

/// A low-rank adaptation of linear layers: `W + scale · B · A` takes the place of their matrices `W`.
///
/// Source: Hu et al. 2022, "LoRA: Low-Rank Adaptation of Large Language Models". Names are those of the PEFT library.
struct LowRankAdaptation: Sendable, Hashable, Codable {
  /// Rows of `A` and columns of `B`.
  var rank: Int
  /// How much of the product is added.
  var scale: Float
  /// The layers that are adapted, as their attention or block calls them.
  var layers: Set<String>

  /// What an `adapter_config.json` says.
  ///
  /// - Parameter layers: those that the file's `target_modules` are here.
  /// - Throws: `CheckpointError` for kinds of adaptation that compute something else.
  init(contentsOf path: String, layers: Set<String>) throws(CheckpointError) {
    let root = try ConfigurationFile(contentsOf: path).root
    guard let rank = root["r"]?.integer, rank > 0, let alpha = root["lora_alpha"]?.number else {
      throw CheckpointError(.unsupportedConfiguration, in: path, "it says no rank 'r' and no 'lora_alpha'")
    }
    for name in ["use_rslora", "use_dora", "fan_in_fan_out", "lora_bias"] where root[name]?.bool == true {
      throw CheckpointError(.unsupportedConfiguration, in: path, "'\(name)' is not supported")
    }
    (self.rank, scale, self.layers) = (rank, Float(alpha / Double(rank)), layers)
  }

  /// Of this rank, added at this scale.
  init(rank: Int, scale: Float, layers: Set<String>) {
    (self.rank, self.scale, self.layers) = (rank, scale, layers)
  }
}
