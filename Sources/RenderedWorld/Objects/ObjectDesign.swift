import Foundations

/// One object: its family and everything that is fixed about it. Drawn in other places, poses and lights, it stays
/// the same object.
package struct ObjectDesign: Sendable, Hashable {
  /// What it is an example of.
  package enum Family: Sendable, Hashable {
    /// A body or plate that is built by rule.
    case kind(ObjectKind)
    /// A colour glyph, by its Unicode scalar's value.
    case glyph(UInt32)
  }

  /// What it is an example of.
  package var family: Family
  /// Fixes the family's free choices: proportions, colours, patterns.
  package var seed: Int

  /// An object of a family.
  package init(_ family: Family, seed: Int) { (self.family, self.seed) = (family, seed) }

  /// The families that no training object belongs to.
  package static let heldOutKinds: Set<ObjectKind> = [.teapot, .duck, .rocket, .gem, .tulip, .moon, .hat]

  /// Whether this object is kept from training, for tests and demonstrations.
  ///
  /// A built object is if its family is in `heldOutKinds`, or else for one seed in ten, whatever the family. A glyph is
  /// by its Unicode scalar alone: neighbours look alike, so runs of eight go together, one run in eight is held out.
  package var isHeldOut: Bool {
    switch family {
    case .kind(let kind):
      if Self.heldOutKinds.contains(kind) { return true }
      var generator = SeededGenerator(seed: seed, stream: "held out")
      return generator.uniform() < 0.1
    case .glyph(let scalar):
      var generator = SeededGenerator(seed: Int(scalar / 8), stream: "held out glyphs")
      return generator.uniform() < 0.125
    }
  }

  /// The family's name: a kind's, or `U+1F34E`.
  package var familyName: String {
    switch family {
    case .kind(let kind): return kind.rawValue
    case .glyph(let scalar): return "U+" + String(scalar, radix: 16, uppercase: true)
    }
  }
}
