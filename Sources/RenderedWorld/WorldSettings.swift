/// What a world is made of.
package struct WorldSettings: Sendable, Hashable {
  /// What a sample's reference shows.
  package enum Reference: String, Sendable, Hashable, CaseIterable {
    /// The object where it stands in the scene, as in the paper.
    case crop
    /// The same object elsewhere, in another pose and light.
    case anotherView
  }

  /// Width and height of a scene in pixels, from 32 to 1024.
  package var size = 160
  /// What a sample's reference shows.
  package var reference = Reference.crop
  /// Pixels around the object that belong to its reference, cut at the picture's edge.
  package var padding = 4
  /// Shares of the scene's area that the target's box covers, drawn evenly by its side. A long, thin object may cover
  /// less, as it has to fit.
  package var share: ClosedRange<Float> = 0.07...0.5
  /// Whether glyphs of a colour font are objects, too.
  package var glyphs = false
  /// The font that they come from.
  package var glyphFont = WorldSettings.notoColorEmoji
  /// How often a target is a glyph, where there are glyphs.
  package var glyphShare: Float = 0.35

  /// Scenes of 160 × 160 without glyphs, references as in the paper.
  package init() {}

  /// Where Debian's package fonts-noto-color-emoji puts the font (SIL Open Font License 1.1).
  package static let notoColorEmoji = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
}

/// Which objects are drawn from: a design belongs to exactly one.
package enum WorldSplit: String, Sendable, Hashable, CaseIterable {
  /// What a model learns from.
  case train
  /// What it is tested and shown with; see `ObjectDesign.isHeldOut`.
  case heldOut = "held-out"
}

/// A world that cannot be made.
package struct WorldError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what to do.
  package let description: String

  init(_ description: String) { self.description = description }
}
