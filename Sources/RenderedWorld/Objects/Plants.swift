/// Things that grow.
enum Plants {
  static func model(_ kind: ObjectKind, _ chance: inout Chance) -> ObjectModel {
    switch kind {
    case .cactus: cactus(&chance)
    case .tree: tree(&chance)
    case .tulip: tulip(&chance)
    default: mushroom(&chance)
    }
  }

  private static func mushroom(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let pale = Palette.colour(hue: 0.1, saturation: chance.number(0.05...0.3), brightness: 0.9)
    var cap = Coat(chance.vividColour(), gloss: chance.number(0.2...0.7))
    (cap.pattern, cap.colours.1) = (chance.pick([.dots, .dots, .plain, .speckles, .fade]), pale)
    (cap.around, cap.along, cap.seed) = (Float(chance.count(6...11)), chance.number(3...5), chance.bits())
    let (hat, stem) = (model.wear(cap), model.wear(pale, gloss: 0.1))
    let under = model.wear(pale * Vector(0.75, 0.65, 0.5), gloss: 0)
    let (height, reach) = (chance.number(0.6...1.3), chance.number(0.6...1.1))
    let dome = chance.number(0.45...0.9)
    let width = chance.number(0.18...0.32)
    model.mesh.addLathe(
      [SIMD2(0, 0), SIMD2(width * 1.3, 0.03), SIMD2(width, height * 0.5), SIMD2(width * 0.9, height + 0.1)],
      coat: stem)
    model.mesh.addLathe(
      [
        SIMD2(reach, height - 0.05), SIMD2(reach * 0.88, height + dome * 0.5),
        SIMD2(reach * 0.5, height + dome * 0.9),
        SIMD2(0, height + dome),
      ], coat: hat)
    model.mesh.addLathe(
      [SIMD2(width * 0.8, height + 0.08), SIMD2(reach * 0.6, height), SIMD2(reach, height - 0.05)],
      coat: under,
      ribs: (0.03, 14))
    return model
  }

  private static func cactus(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var coat = Coat(chance.leafColour(), gloss: 0.2)
    (coat.pattern, coat.around, coat.colours.1) = (
      .stripes, Float(chance.count(8...12)), coat.colours.0 * 1.6
    )
    let green = model.wear(coat)
    let (height, width) = (chance.number(1.3...2), chance.number(0.24...0.34))
    let round = { (share: Float) in min(1, 4 * min(share + 0.06, 1.02 - share)).squareRoot() }
    model.mesh.addTube([Vector(0, 0, 0), Vector(0, height * 0.5, 0), Vector(0, height, 0)], coat: green) {
      width * min(1, 5 * (1.02 - $0)).squareRoot()
    }
    for side: Float in [1, -1] where chance.happens(0.8) {
      let (low, reach) = (height * chance.number(0.25...0.55), chance.number(0.5...0.7))
      model.mesh.addTube(
        [
          Vector(0, low, 0), Vector(side * reach * 0.8, low + 0.02, 0), Vector(side * reach, low + 0.3, 0),
          Vector(side * reach, low + chance.number(0.45...0.8), 0),
        ], coat: green
      ) { width * 0.7 * round($0) }
    }
    if chance.happens(0.6) {
      let bloom = model.wear(chance.vividColour())
      model.mesh.addBall(Vector(0, height + 0.05, 0), Vector(0.16, 0.12, 0.16), coat: bloom, around: 12)
    }
    let pot = model.wear(chance.coat(chance.colour(hue: 0.03...0.07)))
    model.mesh.addLathe([SIMD2(0.4, -0.45), SIMD2(0.55, 0.08), SIMD2(0, 0.08)], coat: pot, isSmooth: false)
    return model
  }

  private static func tree(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let trunk = model.wear(Coat(chance.woodColour() * 0.6, gloss: 0))
    let leaves = chance.happens(0.7) ? chance.leafColour() : chance.colour(hue: 0...0.15)
    var crown = Coat(leaves, gloss: 0)
    (crown.pattern, crown.colours.1, crown.seed) = (.speckles, leaves * 0.45, chance.bits())
    let green = model.wear(crown)
    let stem = chance.number(0.35...0.9)
    model.mesh.addRod(from: .zero, to: Vector(0, stem + 0.4, 0), radius: 0.14, tip: 0.09, coat: trunk)
    if chance.happens(0.5) {
      let tiers = chance.count(2...4)
      for index in 0..<tiers {
        let (low, radius) = (stem + 0.42 * Float(index), 0.75 - 0.15 * Float(index))
        model.mesh.addLathe(
          [SIMD2(0, low + 0.06), SIMD2(radius, low), SIMD2(0, low + 0.8)], coat: green, isSmooth: false,
          ribs: (0.06, 7))
      }
      return model
    }
    for index in 0..<chance.count(4...8) {
      let (angle, reach) = (Float(index) * 2.4, index == 0 ? 0 : chance.number(0.25...0.5))
      let centre = Vector(
        Portable.cosine(angle) * reach, stem + chance.number(0.4...1.1), Portable.sine(angle) * reach)
      model.mesh.addBall(centre, Vector(repeating: chance.number(0.35...0.55)), coat: green, around: 14)
    }
    return model
  }

  private static func tulip(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (green, bloom) = (
      model.wear(chance.leafColour()), model.wear(chance.coat(chance.vividColour(), patterned: 0.3))
    )
    let (height, lean) = (chance.number(1.2...1.8), chance.number(-0.25...0.25))
    model.mesh.addTube([.zero, Vector(lean * 0.2, height * 0.5, 0), Vector(lean, height, 0)], coat: green) {
      _ in 0.05
    }
    let place = Transform.turnedZ(-lean * 0.5).then(.moved(lean, height - 0.05, 0))
    let width = chance.number(0.32...0.5)
    model.mesh.addLathe(
      [
        SIMD2(0, 0), SIMD2(width * 0.9, 0.15), SIMD2(width, 0.45),
        SIMD2(width * 0.75, chance.number(0.7...0.9)),
      ],
      coat: bloom, place, ribs: (0.1, chance.count(3...6)))
    for side: Float in [1, -1] {
      model.mesh.addTube(
        [Vector(0, 0.02, 0), Vector(side * 0.3, height * 0.45, 0.1), Vector(side * 0.5, height * 0.75, 0.1)],
        coat: green, Transform.scaled(1, 1, 0.5)
      ) { 0.13 * Portable.sine(Float.pi * (0.15 + 0.83 * $0)) }
    }
    return model
  }
}
