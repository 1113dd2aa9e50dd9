/// The name of a file of weights, taken apart: `diffusion_pytorch_model.fp16-00001-of-00002.safetensors`.
struct WeightFileName: Equatable {
  enum Format: String, CaseIterable { case safetensors, bin }

  var format: Format
  /// `fp16`, `non_ema`; nil for the weights as they are.
  var variant: String?
  /// Whether it is one of several, or the index of them.
  var isSharded: Bool
  var isIndex: Bool

  /// The stems that diffusers and transformers give weights.
  static let stems = ["diffusion_pytorch_model", "pytorch_model", "model"]

  /// Nil for a name that is no such file's.
  init?(_ name: String) {
    guard let stem = Self.stems.first(where: { name.hasPrefix($0 + ".") || name.hasPrefix($0 + "-") }) else {
      return nil
    }
    var rest = name.dropFirst(stem.count)
    isIndex = rest.hasSuffix(".json")
    isSharded = isIndex
    if isIndex { rest = rest.dropLast(".json".count) }
    if let shard = rest.firstMatch(of: /-\d+-of-\d+/) {
      isSharded = true
      rest.removeSubrange(shard.range)
    }
    var parts = rest.split(separator: ".").map(String.init)
    if isIndex {
      guard let index = parts.firstIndex(of: "index") else { return nil }
      parts.remove(at: index)
    }
    guard let format = parts.lazy.compactMap(Format.init(rawValue:)).first else { return nil }
    self.format = format
    parts.removeAll { $0 == format.rawValue }
    guard parts.count <= 1 else { return nil }
    variant = parts.first
  }

  /// The names a component's weights may have on a server that cannot list them, most wanted first.
  static func candidates(variant: String?) -> [String] {
    let files = [
      ("diffusion_pytorch_model", "safetensors"), ("model", "safetensors"),
      ("diffusion_pytorch_model", "bin"), ("pytorch_model", "bin"),
    ]
    return files.flatMap { stem, ending in
      guard let variant else { return ["\(stem).\(ending)", "\(stem).\(ending).index.json"] }
      return [
        "\(stem).\(variant).\(ending)", "\(stem).\(ending).index.\(variant).json",
        "\(stem).\(variant).\(ending).index.json",
      ]
    }
  }
}
