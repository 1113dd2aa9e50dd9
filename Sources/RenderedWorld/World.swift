import Training

/// A world for training: scenes that are rendered one after another, or in any order, each fixed by its number.
package struct World: Sendable {
  /// What the world is made of.
  package let settings: WorldSettings
  private let glyphs: GlyphSet?
  private let toneMapping = ToneMapping()

  /// Reads the glyphs if they are wanted, which takes a second or two.
  /// - Throws: `WorldError` for settings out of their range and for a font that is missing or malformed.
  package init(_ settings: WorldSettings = WorldSettings()) throws {
    guard (32...1024).contains(settings.size) else {
      throw WorldError("a world's size is from 32 to 1024 pixels, not \(settings.size)")
    }
    guard settings.share.lowerBound > 0, settings.share.upperBound <= 0.8 else {
      throw WorldError("a target's share is above 0 and at most 0.8, not \(settings.share)")
    }
    guard settings.padding >= 0, (0...1).contains(settings.glyphShare) else {
      throw WorldError("padding is at least 0, and the share of glyphs from 0 to 1")
    }
    self.init(settings, settings.glyphs ? try GlyphSet(font: settings.glyphFont) : nil)
  }

  /// Settings that are known to be good.
  init(_ settings: WorldSettings, _ glyphs: GlyphSet?) { (self.settings, self.glyphs) = (settings, glyphs) }

  /// The sample of that number: the same bytes whenever and wherever it is asked for.
  /// - Parameters:
  ///   - index: any number from 0.
  ///   - seed: of the whole run.
  package func sample(index: Int, seed: Int, split: WorldSplit) -> WorldSample {
    var chance = Chance(seed: seed, stream: "world \(split.rawValue) \(index)")
    let design = design(split, &chance)
    let size = PixelSize(settings.size, settings.size)
    let others = chance.happens(0.4) ? (0..<chance.count(1...2)).map { _ in self.design(split, &chance) } : []
    let view = view(of: design, among: others, size: size, share: settings.share, &chance)
    var sample = WorldSample(
      scene: view.picture, target: view.things[0]!, mask: view.mask, reference: view.picture,
      others: view.things.dropFirst().compactMap { $0 })
    switch settings.reference {
    case .crop:
      sample.reference = view.picture.cropped(sample.target.box.padded(by: settings.padding, within: size))
    case .anotherView:
      let small = PixelSize(settings.size * 3 / 4, settings.size * 3 / 4)
      let other = self.view(of: design, among: [], size: small, share: 0.3...0.6, &chance)
      sample.reference = other.picture.cropped(
        other.things[0]!.box.padded(by: settings.padding, within: small))
    }
    return sample
  }

  /// An object of that split.
  func design(_ split: WorldSplit, _ chance: inout Chance) -> ObjectDesign {
    while true {
      let family: ObjectDesign.Family =
        if let glyphs, chance.happens(settings.glyphShare) {
          .glyph(chance.pick(glyphs.scalars))
        } else {
          .kind(chance.pick(ObjectKind.allCases))
        }
      let design = ObjectDesign(family, seed: chance.seed())
      if design.isHeldOut == (split == .heldOut) { return design }
    }
  }

  /// The object, built: the same for the same design.
  func model(_ design: ObjectDesign) -> ObjectModel {
    var chance = Chance(seed: design.seed, stream: "design \(design.familyName)")
    switch design.family {
    case .kind(let kind): return kind.model(&chance).normalized()
    case .glyph(let scalar):
      guard let picture = glyphs?.picture(scalar) else {
        preconditionFailure("a design names a glyph that this world's font lacks")
      }
      return Signs.model(picture, &chance).normalized()
    }
  }

  private func view(
    of design: ObjectDesign, among others: [ObjectDesign], size: PixelSize, share: ClosedRange<Float>,
    _ chance: inout Chance
  ) -> SceneView {
    let models = ([design] + others).map(model)
    let side = chance.number(share.lowerBound.squareRoot()...share.upperBound.squareRoot())
    let scene = Scene(models, share: side * side, size: size, &chance)
    return scene.view(([design] + others), toneMapping, ToneMapping.Choice(&chance))
  }
}
