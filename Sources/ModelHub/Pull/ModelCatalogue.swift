/// Models that have a name of their own here.
package enum ModelCatalogue {
  /// A model's published place.
  package struct Entry: Sendable, Hashable {
    /// The name.
    package var name: String
    /// What it is, in a line.
    package var summary: String
    /// `OWNER/NAME` on the hub.
    package var repository: String
    /// The branch, tag or commit.
    package var revision: String
    /// The components that are needed, of those the repository has.
    package var components: [String]
  }

  /// All of them.
  package static let entries = [
    Entry(
      name: "paint-by-example", summary: "Yang et al. 2023: paints an exemplar into a picture",
      repository: "Fantasy-Studio/Paint-by-Example", revision: "main",
      components: ["feature_extractor", "image_encoder", "scheduler", "unet", "vae"])
  ]

  /// The model of that name.
  package static func entry(named name: String) -> Entry? { entries.first { $0.name == name } }
}
