/// Models that have a name of their own here.
public enum ModelCatalogue {
  /// A model's published place.
  public struct Entry: Sendable, Hashable {
    /// The name.
    public var name: String
    /// What it is, in a line.
    public var summary: String
    /// `OWNER/NAME` on the hub.
    public var repository: String
    /// The branch, tag or commit.
    public var revision: String
    /// The components that are needed, of those the repository has.
    public var components: [String]
  }

  /// All of them.
  public static let entries = [
    Entry(
      name: "paint-by-example", summary: "Yang et al. 2023: paints an exemplar into a picture",
      repository: "Fantasy-Studio/Paint-by-Example", revision: "main",
      components: ["feature_extractor", "image_encoder", "scheduler", "unet", "vae"])
  ]

  /// The model of that name.
  public static func entry(named name: String) -> Entry? { entries.first { $0.name == name } }
}
