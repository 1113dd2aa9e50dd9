/// Things to eat.
enum Food {
  static func model(_ kind: ObjectKind, _ chance: inout Chance) -> ObjectModel {
    switch kind {
    case .pear: pear(&chance)
    case .pumpkin: pumpkin(&chance)
    case .carrot: carrot(&chance)
    case .iceCream: iceCream(&chance)
    case .doughnut: doughnut(&chance)
    case .cake: cake(&chance)
    case .banana: banana(&chance)
    default: apple(&chance)
    }
  }

  private static func addStalk(_ model: inout ObjectModel, from height: Float, _ chance: inout Chance) {
    let (stalk, leaf) = (model.wear(Vector(0.1, 0.06, 0.02)), model.wear(chance.leafColour()))
    let lean = chance.number(-0.2...0.2)
    model.mesh.addTube(
      [Vector(0, height - 0.2, 0), Vector(lean * 0.4, height + 0.05, 0), Vector(lean, height + 0.25, 0)],
      coat: stalk, around: 8
    ) { _ in 0.045 }
    if chance.happens(0.6) {
      model.mesh.addBall(
        .zero, Vector(0.26, 0.035, 0.12), coat: leaf,
        Transform.turnedZ(0.4).then(.moved(0.24, height + 0.12, 0)), around: 12)
    }
  }

  private static func apple(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let hue: ClosedRange<Float> = chance.happens(0.5) ? -0.03...0.03 : 0.12...0.3
    var coat = Coat(chance.colour(hue: hue), gloss: chance.number(0.4...0.8))
    (coat.pattern, coat.colours.1, coat.seed) = (.fade, chance.colour(hue: -0.03...0.2), chance.bits())
    let skin = model.wear(coat)
    let (waist, foot) = (chance.number(0.72...0.85), chance.number(0.3...0.5))
    model.mesh.addLathe(
      [
        SIMD2(0, 0.12), SIMD2(foot, 0.02), SIMD2(waist, 0.55), SIMD2(waist * 0.92, 0.95), SIMD2(0.4, 1.2),
        SIMD2(0, 1.02),
      ], coat: skin)
    addStalk(&model, from: 1.15, &chance)
    return model
  }

  private static func pear(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var coat = Coat(chance.colour(hue: 0.1...0.25), gloss: 0.4)
    (coat.pattern, coat.colours.1, coat.seed) = (
      .speckles, coat.colours.0 * Vector(0.7, 0.5, 0.3), chance.bits()
    )
    let skin = model.wear(coat)
    let (belly, neck) = (chance.number(0.6...0.75), chance.number(0.25...0.38))
    model.mesh.addLathe(
      [
        SIMD2(0, 0.04), SIMD2(0.35, 0), SIMD2(belly, 0.5), SIMD2(neck + 0.08, 1.1), SIMD2(neck, 1.4),
        SIMD2(0, 1.6),
      ],
      coat: skin)
    addStalk(&model, from: 1.62, &chance)
    return model
  }

  private static func pumpkin(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let hue: ClosedRange<Float> = chance.happens(0.7) ? 0.04...0.1 : 0.1...0.4
    let (rind, stalk) = (
      model.wear(chance.coat(chance.colour(hue: hue), patterned: 0.15)), model.wear(Vector(0.12, 0.12, 0.03))
    )
    let height = chance.number(0.9...1.4)
    model.mesh.addLathe(
      [
        SIMD2(0, 0.1), SIMD2(0.45, 0), SIMD2(0.9, height * 0.35), SIMD2(0.85, height * 0.7),
        SIMD2(0.4, height),
        SIMD2(0, height - 0.1),
      ], coat: rind, ribs: (chance.number(0.05...0.1), chance.count(7...11)))
    model.mesh.addTube(
      [Vector(0, height - 0.15, 0), Vector(0.03, height + 0.15, 0), Vector(0.2, height + 0.35, 0)],
      coat: stalk
    ) { 0.13 - 0.06 * $0 }
    return model
  }

  private static func carrot(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var coat = Coat(chance.colour(hue: 0.03...0.09), gloss: 0.3)
    (coat.pattern, coat.colours.1, coat.along) = (.bands, coat.colours.0 * 0.7, chance.number(6...10))
    let (root, green) = (model.wear(coat), model.wear(chance.leafColour()))
    let width = chance.number(0.22...0.36)
    model.mesh.addLathe(
      [SIMD2(0, 0), SIMD2(width * 0.3, 0.3), SIMD2(width * 0.8, 1.2), SIMD2(width, 1.7), SIMD2(0, 1.85)],
      coat: root)
    for index in 0..<chance.count(5...8) {
      let angle = Float(index) * 2.4
      let out = Vector(Portable.cosine(angle), 0, Portable.sine(angle)) * chance.number(0.15...0.5)
      model.mesh.addTube(
        [Vector(0, 1.75, 0), out * 0.4 + Vector(0, 2.1, 0), out + Vector(0, 2.6, 0)], coat: green, around: 8
      ) { 0.03 + 0.07 * $0 }
    }
    // Lies on its side, as it could not stand.
    model.mesh.apply(.turnedZ(Float.pi / 2))
    return model
  }

  private static func iceCream(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var wafer = Coat(Palette.colour(hue: 0.09, saturation: 0.5, brightness: 0.85), gloss: 0.1)
    (wafer.pattern, wafer.colours.1, wafer.around, wafer.along) = (.checks, wafer.colours.0 * 0.6, 10, 6)
    let cone = model.wear(wafer)
    model.mesh.addLathe(
      [SIMD2(0.06, 0), SIMD2(0.46, 1.25), SIMD2(0.5, 1.25), SIMD2(0.5, 1.35)], coat: cone, isSmooth: false)
    var height: Float = 1.5
    for index in 0..<chance.count(1...3) {
      let scoop = model.wear(chance.coat(patterned: 0.3))
      let radius = 0.52 - 0.06 * Float(index)
      model.mesh.addBall(
        Vector(chance.number(-0.06...0.06), height, 0), Vector(radius, radius * 0.9, radius), coat: scoop)
      height += radius * 1.15
    }
    if chance.happens(0.5) {
      let cherry = model.wear(Vector(0.6, 0.02, 0.04), gloss: 0.9)
      model.mesh.addBall(Vector(0, height, 0), Vector(repeating: 0.15), coat: cherry, around: 12)
    }
    return model
  }

  private static func doughnut(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.rolling)
    let dough = model.wear(Palette.colour(hue: 0.09, saturation: 0.6, brightness: 0.75), gloss: 0.15)
    var icing = chance.coat(patterned: 0)
    (icing.pattern, icing.gloss, icing.colours.1) = (
      chance.happens(0.6) ? .speckles : .plain, 0.7, chance.vividColour()
    )
    let top = model.wear(icing)
    let thickness = chance.number(0.32...0.42)
    model.mesh.addRing(radius: 0.8, thickness: thickness, coat: dough, flat: 0.8)
    model.mesh.addRing(
      radius: 0.8, thickness: thickness * 0.97, coat: top, .moved(0, thickness * 0.13, 0), flat: 0.8)
    return model
  }

  private static func cake(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var height: Float = 0
    var radius = chance.number(0.9...1.1)
    for _ in 0..<chance.count(1...3) {
      let (side, cream) = (model.wear(chance.coat()), model.wear(chance.coat(patterned: 0)))
      let step = chance.number(0.35...0.55)
      model.mesh.addLathe([SIMD2(radius, height), SIMD2(radius, height + step)], coat: side, isSmooth: false)
      model.mesh.addLathe(
        [
          SIMD2(radius * 1.03, height + step - 0.12), SIMD2(radius * 1.03, height + step),
          SIMD2(0, height + step + 0.02),
        ],
        coat: cream, isSmooth: false, ribs: (0.02, 14))
      (height, radius) = (height + step, radius * chance.number(0.6...0.75))
    }
    let (wax, flame) = (model.wear(chance.coat(patterned: 0.8)), model.wear(Vector(1, 0.75, 0.2)))
    let count = chance.count(1...5)
    for index in 0..<count {
      let angle = 2 * Float.pi * Float(index) / Float(count)
      let place = Vector(Portable.cosine(angle), 0, Portable.sine(angle)) * (count == 1 ? 0 : radius)
      model.mesh.addRod(
        from: place + Vector(0, height, 0), to: place + Vector(0, height + 0.4, 0), radius: 0.055, coat: wax)
      model.mesh.addBall(
        place + Vector(0, height + 0.5, 0), Vector(0.055, 0.11, 0.055), coat: flame, around: 10)
    }
    return model
  }

  private static func banana(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.facing)
    let skin = model.wear(Coat(chance.colour(hue: 0.12...0.19), gloss: 0.35))
    let tip = model.wear(Vector(0.07, 0.05, 0.02))
    let curve = chance.number(0.3...0.7)
    let path = [
      Vector(-1, curve, 0), Vector(-0.5, curve * 0.2, 0), Vector(0.3, 0.05, 0), Vector(0.95, curve * 0.8, 0),
    ]
    let width = chance.number(0.2...0.28)
    model.mesh.addTube(path, coat: skin, around: 8) {
      width * min(1, 0.25 + 3.2 * min($0, 1 - $0))
    }
    model.mesh.addRod(from: path[3], to: path[3] + Vector(0.12, 0.16, 0), radius: 0.07, coat: tip)
    model.mesh.addBall(path[0], Vector(repeating: 0.075), coat: tip, around: 10)
    return model
  }
}
