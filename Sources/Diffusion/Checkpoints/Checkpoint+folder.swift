import Foundation

extension Checkpoint {
  /// Opens the weights of one component of a diffusers folder, such as `…/unet`.
  ///
  /// `.safetensors` is preferred to `.bin`, one file to shards. Without a variant only files without one are
  /// taken; with a variant (`fp16`), only files of that variant.
  package init(component folder: String, variant: String? = nil) throws(CheckpointError) {
    let candidates = Checkpoint.fileNames(variant: variant)
    for name in candidates {
      let path = "\(folder)/\(name)"
      if isPresent(path) {
        try self.init(contentsOf: path)
        return
      }
    }
    let present = (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
    throw CheckpointError(
      .unreadable, in: folder,
      "no weights\(variant.map { " of variant \($0)" } ?? ""): none of \(candidates.joined(separator: ", ")); "
        + (present.isEmpty ? "the folder is empty or missing" : "it holds \(present.joined(separator: ", "))")
    )
  }

  /// Whether a folder has weights of a variant.
  static func hasWeights(_ folder: String, variant: String?) -> Bool {
    fileNames(variant: variant).contains { isPresent("\(folder)/\($0)") }
  }

  /// The names diffusers and transformers give weights, most wanted first.
  static func fileNames(variant: String?) -> [String] {
    let stems = [
      ("diffusion_pytorch_model", "safetensors"), ("model", "safetensors"),
      ("diffusion_pytorch_model", "bin"), ("pytorch_model", "bin"),
    ]
    return stems.flatMap { stem, ending in
      guard let variant else { return ["\(stem).\(ending)", "\(stem).\(ending).index.json"] }
      return [
        "\(stem).\(variant).\(ending)",
        "\(stem).\(ending).index.\(variant).json",
        "\(stem).\(ending).\(variant).index.json",
        "\(stem).\(variant).\(ending).index.json",
      ]
    }
  }
}
