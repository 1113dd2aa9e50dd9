/// Which files of a listing a model needs: its index, and for each component the configuration files and one set of
/// weights.
struct FileSelection {
  /// The components' sub-folders.
  var components: [String]
  /// Which weights: those of this variant (`fp16`), or nil for those without one.
  var variant: String?

  /// Chooses. `.safetensors` is preferred to `.bin`, one file to shards.
  func files(of listing: Listing) throws(HubError) -> [RemoteFile] {
    guard let index = listing[PipelineIndex.name] else {
      throw .incomplete(
        "there is no \(PipelineIndex.name): the repository holds no model in diffusers' layout")
    }
    var chosen = [index]
    for component in components {
      let files = listing.files(in: component)
      guard !files.isEmpty else { throw .incomplete("the model lacks the component '\(component)'") }
      // Other frameworks' weights are neither: they stay where they are.
      let settings = files.filter { WeightFileName($0.path.name) == nil && isSetting($0.path.name) }
      chosen += settings
      if settings.contains(where: { $0.path.name == "config.json" }) {
        chosen += try weights(of: component, files)
      }
    }
    return chosen.sorted { $0.path < $1.path }
  }

  private func isSetting(_ name: String) -> Bool { name.hasSuffix(".json") || name.hasSuffix(".txt") }

  private func weights(of component: String, _ files: [RemoteFile]) throws(HubError) -> [RemoteFile] {
    let named = files.compactMap { file in WeightFileName(file.path.name).map { (file: file, name: $0) } }
    for format in WeightFileName.Format.allCases {
      let fitting = named.filter { $0.name.format == format && $0.name.variant == variant }
      let single = fitting.filter { !$0.name.isSharded }
      if let first = single.first { return [first.file] }
      if fitting.contains(where: \.name.isIndex) { return fitting.map(\.file) }
    }
    let wanted = variant.map { "weights of the variant '\($0)'" } ?? "weights"
    let present = named.map(\.file.path.name)
    throw .incomplete(
      "the component '\(component)' has no \(wanted)"
        + (present.isEmpty ? "" : "; it has \(present.joined(separator: ", "))"))
  }
}
