import Foundation
package import Tensors

/// DreamSim with a single transformer: how far two pictures are from each other to people who look at layout, pose and what
/// is shown. DINO's trunk, its attention adapted to people's judgements.
///
/// Source: Fu et al. 2023, "DreamSim: Learning New Dimensions of Human Visual Similarity using Synthetic Data".
package struct DreamSim: StandaloneNetwork {
  package static let name = "DreamSim"

  /// The trunk.
  package var trunk: DINO
  private var adaptation: LowRankAdaptation

  /// The published shape: DINO's ViT-B/16, adapted by matrices of rank 16.
  package init() {
    trunk = DINO()
    (trunk.width, trunk.feedForwardWidth) = (768, 3072)
    adaptation = LowRankAdaptation(rank: 16, scale: 1, layers: Self.adapted)
  }

  /// The shape that weights have: a folder with the trunk's, and within it the adapter's folder as PEFT saves it.
  ///
  /// - Throws: also where there is no adapter.
  package init(weightsAt path: String) throws(CheckpointError) {
    trunk = try DINO(weightsAt: path)
    guard let file = try WeightFiles(at: path).settings.first(where: { $0.hasSuffix("/adapter_config.json") })
    else {
      throw CheckpointError(
        .noWeights, in: path,
        "the adapter is not in it. Fetch "
          + "https://github.com/ssundaram21/dreamsim/releases/download/v0.2.0-checkpoints/dreamsim_dino_vitb16_checkpoint.zip, "
          + "unpack it, and lay its folder dino_vitb16_single_lora (adapter_config.json, adapter_model.*) beside the trunk: "
          + Self.adapterPlace(path)
      )
    }
    adaptation = try LowRankAdaptation(contentsOf: file, layers: Self.adapted)
  }

  /// Where the adapter's folder belongs, for weights at a path.
  private static func adapterPlace(_ path: String) -> String {
    let folder =
      (try? FileManager.default.contentsOfDirectory(atPath: path)) == nil
      ? (path as NSString).deletingLastPathComponent : path
    return (folder as NSString).appendingPathComponent("dino_vitb16_single_lora")
      + (folder == path ? "" : ", and name the folder, not the file")
  }

  /// The three thirds of what the authors call qkv.
  private static let adapted: Set = [
    AttentionNames.vision.query, AttentionNames.vision.key, AttentionNames.vision.value,
  ]

  package func named(_ published: Checkpoint) -> Checkpoint {
    var trunk = published
    var tensors: [String: CheckpointTensor] = [:]
    for (name, tensor) in published.tensors {
      guard let match = name.wholeMatch(of: /.*blocks\.(\d+)\.attn\.qkv\.lora_(A|B)\.weight/) else {
        continue
      }
      trunk.tensors[name] = nil
      for (number, layer) in ["query", "key", "value"].enumerated() {
        let third = (tensor.shape.first ?? 0) / 3
        tensors["encoder.layer.\(match.1).attention.attention.\(layer).lora_\(match.2).weight"] =
          match.2 == "A" ? tensor : tensor.rows(number * third..<(number + 1) * third)
      }
    }
    // The last normalisation comes behind what is compared.
    for (name, tensor) in self.trunk.named(trunk).tensors where !name.hasPrefix("layernorm.") {
      tensors[name] = tensor
    }
    return Checkpoint(tensors: tensors, metadata: published.metadata, files: published.files)
  }

  /// The graph from a picture to its class token.
  ///
  /// Input: `picture` `[1, 3, size, size]`, normalised as ImageNet is. Output: `token` `[1, width]`.
  package func graph(_ weights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let picture = try builder.input("picture", .f32, [1, 3, trunk.size, trunk.size])
    let layers = Layers(builder: builder, weights: weights, adaptation: adaptation)
    return try builder.finish(["token": trunk.classToken(of: picture, layers)])
  }

  /// How far two pictures are from each other: 1 − the cosine of their class tokens less each one's mean, 0 to 2.
  package static func distance(_ first: [Float], _ second: [Float]) -> Double {
    func centred(_ token: [Float]) -> [Float] {
      let mean = token.reduce(0) { $0 + Double($1) } / Double(token.count)
      return token.map { Float(Double($0) - mean) }
    }
    return 1 - EncoderSimilarity.similarity(centred(first), centred(second)) / 100
  }
}
