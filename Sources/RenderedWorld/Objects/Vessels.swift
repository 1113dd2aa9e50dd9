/// Things that hold something.
enum Vessels {
  static func model(_ kind: ObjectKind, _ chance: inout Chance) -> ObjectModel {
    switch kind {
    case .cup: cup(&chance)
    case .vase: vase(&chance)
    case .bowl: bowl(&chance)
    case .teapot: teapot(&chance)
    case .flowerpot: flowerpot(&chance)
    case .jar: jar(&chance)
    default: bottle(&chance)
    }
  }

  private static func bottle(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.toppling)
    var glass = Coat(chance.vividColour() * chance.number(0.25...1), gloss: 0.95)
    glass.seed = chance.bits()
    let (body, cap) = (model.wear(glass), model.wear(Coat(chance.colour(), gloss: 0.6)))
    let label = model.wear(chance.coat(patterned: 0.8))
    let (shoulder, neck) = (chance.number(1...1.7), chance.number(0.13...0.24))
    let top = shoulder + chance.number(0.5...0.9)
    model.mesh.addLathe(
      [
        SIMD2(0, 0), SIMD2(0.45, 0.01), SIMD2(0.5, 0.12), SIMD2(0.5, shoulder * 0.5), SIMD2(0.5, shoulder),
        SIMD2(neck, shoulder + 0.35), SIMD2(neck, top),
      ], coat: body)
    model.mesh.addLathe(
      [SIMD2(neck + 0.04, top - 0.12), SIMD2(neck + 0.04, top + 0.08), SIMD2(0, top + 0.08)], coat: cap,
      isSmooth: false)
    let low = chance.number(0.2...0.45)
    model.mesh.addLathe([SIMD2(0.515, low), SIMD2(0.515, shoulder * 0.85)], coat: label, isSmooth: false)
    return model
  }

  private static func cup(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (outside, inside) = (model.wear(chance.coat()), model.wear(chance.colour(), gloss: 0.5))
    let (height, foot) = (chance.number(0.9...1.5), chance.number(0.35...0.6))
    let belly = chance.number(0.5...0.72)
    model.mesh.addLathe(
      [SIMD2(0, 0), SIMD2(foot, 0.02), SIMD2(belly, height * 0.5), SIMD2(0.6, height)], coat: outside)
    model.mesh.addLathe(
      [SIMD2(0.6, height), SIMD2(0.54, height), SIMD2(belly - 0.06, height * 0.5), SIMD2(0, 0.12)],
      coat: inside)
    let drink = model.wear(
      chance.pick([Vector(0.12, 0.05, 0.02), Vector(0.5, 0.2, 0.06), Vector(0.8, 0.78, 0.7)]), gloss: 0.9)
    model.mesh.addLathe([SIMD2(0.56, height * 0.84), SIMD2(0, height * 0.84)], coat: drink, isSmooth: false)
    let reach = chance.number(0.25...0.45)
    let (low, high) = (height * 0.25, height * 0.8)
    model.mesh.addTube(
      [
        Vector(belly - 0.06, low, 0), Vector(belly + reach, low + 0.05, 0),
        Vector(belly + reach, high, 0), Vector(0.52, high + 0.03, 0),
      ], coat: outside
    ) { _ in 0.075 }
    return model
  }

  private static func vase(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (outside, inside) = (model.wear(chance.coat()), model.wear(Vector(repeating: 0.03)))
    let (belly, neck) = (chance.number(0.5...0.85), chance.number(0.18...0.4))
    let (lip, height) = (chance.number(0.25...0.55), chance.number(1.5...2.4))
    let ribs: (Float, Int) = chance.happens(0.3) ? (0.06, chance.count(6...12)) : (0, 0)
    model.mesh.addLathe(
      [
        SIMD2(0, 0), SIMD2(0.35, 0), SIMD2(belly, height * chance.number(0.3...0.5)),
        SIMD2(neck, height * 0.8),
        SIMD2(lip, height),
      ], coat: outside, ribs: ribs)
    model.mesh.addLathe(
      [SIMD2(lip, height), SIMD2(neck - 0.03, height * 0.8), SIMD2(0, height * 0.6)], coat: inside)
    return model
  }

  private static func bowl(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (outside, inside) = (model.wear(chance.coat()), model.wear(chance.coat()))
    let height = chance.number(0.4...0.8)
    model.mesh.addLathe(
      [SIMD2(0, 0), SIMD2(0.4, 0), SIMD2(0.85, height * 0.5), SIMD2(1, height)], coat: outside)
    model.mesh.addLathe(
      [SIMD2(1, height), SIMD2(0.94, height), SIMD2(0.78, height * 0.5), SIMD2(0, 0.08)], coat: inside)
    guard chance.happens(0.6) else { return model }
    let fruit = chance.vividColour()
    for index in 0..<chance.count(3...6) {
      let number = model.wear(fruit * chance.number(0.7...1.1), gloss: 0.5)
      let angle = Float(index) * 1.3
      model.mesh.addBall(
        Vector(0.48 * Portable.cosine(angle), height * 0.9, 0.48 * Portable.sine(angle)),
        Vector(repeating: chance.number(0.26...0.38)), coat: number, around: 14)
    }
    return model
  }

  private static func teapot(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (body, knob) = (model.wear(chance.coat()), model.wear(chance.colour(), gloss: 0.6))
    let height = chance.number(0.7...1.1)
    model.mesh.addLathe(
      [
        SIMD2(0, 0), SIMD2(0.5, 0), SIMD2(0.85, height * 0.45), SIMD2(0.5, height), SIMD2(0.4, height + 0.1),
        SIMD2(0, height + 0.2),
      ], coat: body)
    model.mesh.addBall(Vector(0, height + 0.28, 0), Vector(repeating: 0.13), coat: knob, around: 12)
    model.mesh.addTube(
      [Vector(0.6, height * 0.3, 0), Vector(1, height * 0.5, 0), Vector(1.3, height * 1.05, 0)], coat: body
    ) { 0.19 - 0.1 * $0 }
    model.mesh.addTube(
      [
        Vector(-0.65, height * 0.25, 0), Vector(-1.2, height * 0.35, 0), Vector(-1.15, height * 0.85, 0),
        Vector(-0.55, height * 0.85, 0),
      ], coat: knob
    ) { _ in 0.08 }
    return model
  }

  private static func flowerpot(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let clay = chance.happens(0.6) ? chance.colour(hue: 0.03...0.07) * 0.8 : chance.colour()
    let (pot, soil) = (
      model.wear(chance.coat(clay, patterned: 0.3)), model.wear(Vector(0.05, 0.03, 0.02), gloss: 0)
    )
    model.mesh.addLathe(
      [SIMD2(0.38, 0), SIMD2(0.52, 0.62), SIMD2(0.6, 0.62), SIMD2(0.62, 0.82), SIMD2(0.54, 0.82)], coat: pot,
      isSmooth: false)
    model.mesh.addLathe([SIMD2(0.55, 0.76), SIMD2(0, 0.8)], coat: soil, isSmooth: false)
    let green = model.wear(chance.coat(chance.leafColour(), patterned: 0.2))
    let bloom = model.wear(chance.vividColour())
    for index in 0..<chance.count(5...9) {
      let (angle, reach) = (Float(index) * 2.4, chance.number(0.25...0.75))
      let out = Vector(Portable.cosine(angle), 0, Portable.sine(angle))
      let tip = out * reach + Vector(0, chance.number(1.2...2), 0)
      model.mesh.addTube(
        [Vector(0, 0.75, 0), out * reach * 0.3 + Vector(0, 1.1, 0), tip], coat: green, around: 8
      ) {
        0.04 + 0.1 * Portable.sine(Float.pi * $0)
      }
      if index % 2 == 0 { model.mesh.addBall(tip, Vector(0.2, 0.14, 0.2), coat: bloom, around: 10) }
    }
    return model
  }

  private static func jar(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (body, lid) = (model.wear(Coat(chance.vividColour(), gloss: 0.95)), model.wear(chance.coat()))
    let height = chance.number(0.8...1.5)
    model.mesh.addLathe(
      [SIMD2(0, 0), SIMD2(0.55, 0), SIMD2(0.6, 0.1), SIMD2(0.6, height - 0.15), SIMD2(0.48, height)],
      coat: body)
    model.mesh.addLathe(
      [
        SIMD2(0.54, height - 0.04), SIMD2(0.54, height + 0.2), SIMD2(0.5, height + 0.23),
        SIMD2(0, height + 0.23),
      ],
      coat: lid, isSmooth: false)
    let label = model.wear(chance.coat(Vector(0.8, 0.78, 0.7), patterned: 0.7))
    model.mesh.addLathe(
      [SIMD2(0.615, height * 0.25), SIMD2(0.615, height * 0.7)], coat: label, isSmooth: false)
    return model
  }
}
