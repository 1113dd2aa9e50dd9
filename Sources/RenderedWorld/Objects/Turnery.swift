/// Things that are mostly turned on a lathe.
enum Turnery {
  static func model(_ kind: ObjectKind, _ chance: inout Chance) -> ObjectModel {
    switch kind {
    case .candle: candle(&chance)
    case .rocket: rocket(&chance)
    case .bell: bell(&chance)
    case .pawn: pawn(&chance)
    case .balloon: balloon(&chance)
    case .top: top(&chance)
    case .hat: hat(&chance)
    default: lamp(&chance)
    }
  }

  private static func lamp(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (foot, shade) = (model.wear(chance.coat(patterned: 0.3)), model.wear(chance.coat()))
    let (height, low, high) = (chance.number(0.8...1.3), chance.number(0.5...0.8), chance.number(0.2...0.45))
    let belly = chance.number(0.12...0.4)
    model.mesh.addLathe(
      [
        SIMD2(0.4, 0), SIMD2(0.36, 0.07), SIMD2(belly, height * 0.45), SIMD2(0.06, height),
        SIMD2(0.06, height + 0.1),
      ], coat: foot)
    let deep = chance.number(0.5...0.8)
    model.mesh.addLathe(
      [SIMD2(low, height), SIMD2(high, height + deep), SIMD2(0, height + deep - 0.03)], coat: shade,
      isSmooth: false)
    model.mesh.addLathe(
      [SIMD2(0, height + deep * 0.6), SIMD2(low * 0.97, height)], coat: model.wear(Vector(0.9, 0.75, 0.5)),
      isSmooth: false)
    return model
  }

  private static func candle(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (wax, dish) = (model.wear(chance.coat(patterned: 0.5)), model.wear(chance.coat(patterned: 0.2)))
    let (wick, flame) = (model.wear(Vector(repeating: 0.03)), model.wear(Vector(1, 0.8, 0.3)))
    let (height, width) = (chance.number(0.6...1.6), chance.number(0.2...0.45))
    model.mesh.addLathe(
      [
        SIMD2(0, 0), SIMD2(width + 0.3, 0.02), SIMD2(width + 0.36, 0.14), SIMD2(width + 0.3, 0.1),
        SIMD2(0, 0.08),
      ], coat: dish, isSmooth: false)
    model.mesh.addLathe(
      [SIMD2(width, 0.08), SIMD2(width, height), SIMD2(width * 0.8, height + 0.02), SIMD2(0, height - 0.04)],
      coat: wax, isSmooth: false)
    model.mesh.addRod(
      from: Vector(0, height - 0.05, 0), to: Vector(0, height + 0.14, 0), radius: 0.025, coat: wick, around: 8
    )
    model.mesh.addLathe(
      [SIMD2(0, height + 0.1), SIMD2(0.09, height + 0.22), SIMD2(0, height + 0.46)], coat: flame)
    return model
  }

  private static func rocket(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (hull, nose) = (model.wear(chance.coat(patterned: 0.5)), model.wear(chance.vividColour(), gloss: 0.6))
    let (fin, glass) = (
      model.wear(chance.vividColour(), gloss: 0.6), model.wear(Vector(0.15, 0.3, 0.45), gloss: 1)
    )
    let (height, width) = (chance.number(1.3...1.9), chance.number(0.3...0.46))
    model.mesh.addLathe(
      [SIMD2(0, 0.2), SIMD2(width * 0.7, 0.2), SIMD2(width, height * 0.5), SIMD2(width * 0.72, height)],
      coat: hull)
    model.mesh.addLathe(
      [SIMD2(width * 0.72, height), SIMD2(width * 0.4, height + 0.35), SIMD2(0, height + 0.6)], coat: nose)
    let fins = chance.count(3...4)
    let phase = chance.number(0...1)
    for index in 0..<fins {
      let turn = Transform.turnedY(2 * Float.pi * (Float(index) + phase) / Float(fins))
      model.mesh.addBlock(Vector(width + 0.15, 0.32, 0), Vector(0.24, 0.32, 0.035), coat: fin, top: 0.5, turn)
    }
    for side: Float in [1, -1] {
      model.mesh.addBall(
        Vector(0, height * 0.68, side * width * 0.86), Vector(0.16, 0.16, 0.08), coat: glass, around: 14)
    }
    return model
  }

  private static func bell(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var coat = Coat(chance.colour(hue: 0.08...0.14), gloss: 0.85)
    coat.isMetal = true
    let (metal, other) = (
      model.wear(chance.happens(0.7) ? coat : chance.coat()), model.wear(chance.coat(patterned: 0.2))
    )
    let (reach, waist) = (chance.number(0.65...0.9), chance.number(0.35...0.5))
    let height = chance.number(1...1.4)
    model.mesh.addLathe(
      [
        SIMD2(reach, 0.1), SIMD2(reach * 0.85, 0.22), SIMD2(waist, height * 0.65), SIMD2(waist * 0.7, height),
        SIMD2(0, height + 0.06),
      ], coat: metal)
    model.mesh.addBall(Vector(0, 0.13, 0), Vector(repeating: 0.15), coat: other, around: 12)
    model.mesh.addRing(
      radius: 0.15, thickness: 0.05, coat: other,
      Transform.turnedX(Float.pi / 2).then(.moved(0, height + 0.2, 0)))
    return model
  }

  private static func pawn(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.toppling)
    let coat = model.wear(chance.coat(chance.happens(0.5) ? chance.woodColour() : nil, patterned: 0.3))
    let (foot, neck, head) = (
      chance.number(0.5...0.65), chance.number(0.14...0.22), chance.number(0.28...0.4)
    )
    let height = chance.number(0.9...1.5)
    model.mesh.addLathe(
      [SIMD2(foot, 0), SIMD2(foot, 0.14), SIMD2(foot * 0.75, 0.24), SIMD2(foot * 0.72, 0.3)], coat: coat,
      isSmooth: false)
    model.mesh.addLathe(
      [SIMD2(foot * 0.7, 0.3), SIMD2(neck + 0.05, height * 0.6), SIMD2(neck, height)], coat: coat)
    model.mesh.addRing(radius: neck + 0.05, thickness: 0.08, coat: coat, .moved(0, height, 0))
    if chance.happens(0.7) {
      model.mesh.addBall(Vector(0, height + head * 0.9, 0), Vector(repeating: head), coat: coat)
    } else {
      model.mesh.addLathe(
        [
          SIMD2(neck, height), SIMD2(head, height + 0.3), SIMD2(head * 1.1, height + 0.5),
          SIMD2(0, height + 0.42),
        ], coat: coat, isSmooth: false)
    }
    return model
  }

  private static func balloon(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var coat = chance.coat(chance.vividColour(), patterned: 0.6)
    coat.gloss = 0.8
    let (skin, line) = (model.wear(coat), model.wear(Vector(repeating: 0.5)))
    let height = chance.number(0.9...1.3)
    model.mesh.addLathe(
      [
        SIMD2(0.08, 0.62), SIMD2(0.03, 0.72), SIMD2(0.4, 0.72 + height * 0.4),
        SIMD2(0.62, 0.72 + height * 0.75),
        SIMD2(0.4, 0.7 + height * 1.15), SIMD2(0, 0.72 + height * 1.25),
      ], coat: skin)
    let drift = chance.number(-0.2...0.2)
    model.mesh.addTube(
      [Vector(drift, 0, 0), Vector(-drift * 0.7, 0.3, 0.05), Vector(0, 0.65, 0)], coat: line, around: 6
    ) { _ in 0.022 }
    return model
  }

  private static func top(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.toppling)
    var coat = chance.coat(patterned: 1)
    coat.gloss = 0.7
    let (body, stick) = (model.wear(coat), model.wear(chance.coat(patterned: 0.2)))
    let (wide, high) = (chance.number(0.6...0.9), chance.number(0.35...0.7))
    model.mesh.addLathe(
      [
        SIMD2(0.05, 0), SIMD2(wide * 0.5, 0.35), SIMD2(wide, high), SIMD2(wide * 0.7, high + 0.22),
        SIMD2(0, high + 0.3),
      ], coat: body)
    model.mesh.addRod(from: Vector(0, high + 0.2, 0), to: Vector(0, high + 0.8, 0), radius: 0.08, coat: stick)
    model.mesh.addBall(Vector(0, high + 0.8, 0), Vector(repeating: 0.12), coat: stick, around: 10)
    return model
  }

  private static func hat(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (felt, band) = (model.wear(chance.coat(patterned: 0.3)), model.wear(chance.coat()))
    let (brim, crown) = (chance.number(0.8...1.15), chance.number(0.4...0.58))
    let height = chance.number(0.4...1)
    let (tip, bend) = (chance.number(0.3...1.05), chance.number(-0.08...0.2))
    model.mesh.addLathe([SIMD2(brim, bend + 0.02), SIMD2(crown * 1.1, 0.04), SIMD2(crown, 0.08)], coat: felt)
    model.mesh.addLathe(
      [
        SIMD2(crown, 0.05), SIMD2(crown * mix(1, tip, 0.3), height * 0.6), SIMD2(crown * tip, height),
        SIMD2(0, height + 0.04),
      ], coat: felt)
    model.mesh.addLathe([SIMD2(crown * 1.04, 0.06), SIMD2(crown * 1.03, 0.24)], coat: band, isSmooth: false)
    return model
  }
}
