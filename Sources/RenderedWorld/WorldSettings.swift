/// What a world is made of.
public struct WorldSettings: Sendable, Hashable {
  /// What a sample's reference shows.
  public enum Reference: String, Sendable, Hashable, CaseIterable {
    /// The object where it stands in the scene, as in the paper.
    case crop
    /// The same object elsewhere, in another pose and light.
    case anotherView
  }

  /// Width and height of a scene in pixels, from 32 to 1024.
  public var size = 160
  /// What a sample's reference shows.
  public var reference = Reference.crop
  /// Pixels around the object that belong to its reference, cut at the picture's edge.
  public var padding = 4
  /// Shares of the scene's area that the target's box covers, drawn evenly by its side. A long, thin object may cover
  /// less, as it has to fit.
  public var share: ClosedRange<Float> = 0.07...0.5
  /// Whether glyphs of a colour font are objects, too.
  public var glyphs = false
  /// The font that they come from.
  public var glyphFont = WorldSettings.notoColorEmoji
  /// How often a target is a glyph, where there are glyphs.
  public var glyphShare: Float = 0.35

  /// Scenes of 160 × 160 without glyphs, references as in the paper.
  public init() {}

  /// Where Debian's package fonts-noto-color-emoji puts the font (SIL Open Font License 1.1).
  public static let notoColorEmoji = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
}

/// Which objects are drawn from: a design belongs to exactly one.
public enum WorldSplit: String, Sendable, Hashable, CaseIterable {
  /// What a model learns from.
  case train
  /// What it is tested and shown with; see `ObjectDesign.isHeldOut`.
  case heldOut = "held-out"
}

/// A world that cannot be made.
public struct WorldError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
