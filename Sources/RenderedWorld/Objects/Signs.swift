/// Flat shapes as thick as a cushion, glyphs among them.
enum Signs {
  static func model(_ kind: ObjectKind, _ chance: inout Chance) -> ObjectModel {
    var coat = chance.coat(kind == .leaf ? chance.leafColour() : nil, patterned: 0.5)
    (coat.around, coat.along) = (Float(chance.count(3...7)), Float(chance.count(3...7)))
    let outline = outline(kind, &chance)
    let stencil = Stencil(outline)
    coat.stencil = stencil
    var model = ObjectModel(.plate)
    let number = model.wear(coat)
    model.mesh.addPlate(
      stencil, thickness: chance.number(0.08...0.3), edge: chance.number(0.15...0.5), coat: number)
    if kind == .flower || kind == .gear {
      let middle = model.wear(chance.coat(patterned: 0.4))
      let radius = chance.number(0.2...0.36)
      model.mesh.addBall(.zero, Vector(radius, radius, chance.number(0.22...0.34)), coat: middle, around: 16)
    }
    return model
  }

  private static func outline(_ kind: ObjectKind, _ chance: inout Chance) -> [SIMD2<Float>] {
    switch kind {
    case .heart: Outline.heart(width: chance.number(0.8...1))
    case .leaf: Outline.leaf(width: chance.number(0.3...0.65), teeth: chance.number(0...0.18))
    case .flower: Outline.flower(petals: chance.count(4...9), depth: chance.number(0.2...0.5))
    case .moon: Outline.moon(thickness: chance.number(0.2...0.6))
    case .cloud: Outline.cloud(bumps: chance.count(6...9), chance: &chance)
    case .bolt: Outline.bolt(lean: chance.number(-0.1...0.25))
    case .arrow: Outline.arrow(shaft: chance.number(0.2...0.4), head: chance.number(0.6...1))
    case .plus: Outline.plus(arm: chance.number(0.22...0.42))
    case .gear: Outline.gear(teeth: chance.count(7...12), depth: chance.number(0.15...0.28))
    default: Outline.star(points: chance.count(4...8), inner: chance.number(0.38...0.65))
    }
  }

  /// A glyph as a cushion of its own shape.
  static func model(_ picture: GlyphPicture, _ chance: inout Chance) -> ObjectModel {
    var coat = Coat(Vector(repeating: 0.8), gloss: chance.number(0.1...0.8))
    coat.picture = picture
    let stencil = Stencil(opacity: picture.opacity)
    coat.stencil = stencil
    var model = ObjectModel(.plate)
    let number = model.wear(coat)
    model.mesh.addPlate(
      stencil, thickness: chance.number(0.08...0.28), edge: chance.number(0.15...0.4), coat: number)
    return model
  }
}
