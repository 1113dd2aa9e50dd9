/// Plain bodies.
enum Bodies {
  static func model(_ kind: ObjectKind, _ chance: inout Chance) -> ObjectModel {
    switch kind {
    case .cube: cube(&chance)
    case .cylinder: cylinder(&chance)
    case .cone: cone(&chance)
    case .torus: torus(&chance)
    case .gem: gem(&chance)
    case .capsule: capsule(&chance)
    case .pyramid: pyramid(&chance)
    default: ball(&chance)
    }
  }

  private static func ball(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.rolling)
    let coat = model.wear(chance.coat(patterned: 0.8))
    let stretch = chance.happens(0.25) ? chance.number(0.7...1.35) : 1
    model.mesh.addBall(.zero, Vector(1, stretch, 1), coat: coat, around: 28)
    return model
  }

  private static func cube(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var coat = chance.coat()
    (coat.around, coat.along) = (Float(chance.count(2...5)), Float(chance.count(2...5)))
    let number = model.wear(coat)
    let half = Vector(chance.number(0.5...1), chance.number(0.5...1), chance.number(0.5...1))
    let isCube = chance.happens(0.6)
    model.mesh.addBlock(.zero, isCube ? Vector(repeating: 0.8) : half, coat: number)
    guard isCube, chance.happens(0.4) else { return model }
    // Pips make it a die.
    let pip = model.wear(chance.colour(), gloss: 0.4)
    for (axis, count) in zip([Vector(1, 0, 0), Vector(0, 1, 0), Vector(0, 0, 1)], [2, 3, 5]) {
      let (side, up) = (Vector(axis.y, axis.z, axis.x), Vector(axis.z, axis.x, axis.y))
      let spots: [(Float, Float)] =
        [(0.4, 0.4), (-0.4, -0.4), (0, 0), (0.4, -0.4), (-0.4, 0.4)].prefix(count).map { $0 }
      for sign: Float in [1, -1] {
        for (a, b) in spots {
          let radii = axis * -0.13 + Vector(repeating: 0.16)
          model.mesh.addBall(axis * (0.8 * sign) + side * a + up * b, radii, coat: pip, around: 10)
        }
      }
    }
    return model
  }

  private static func cylinder(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.toppling)
    let (body, rim) = (model.wear(chance.coat()), model.wear(Coat(chance.colour(), gloss: 0.6)))
    let height = chance.number(0.7...2.6)
    let edge: Float = 0.06
    model.mesh.addLathe([SIMD2(0.7, edge), SIMD2(0.7, height - edge)], coat: body, isSmooth: false)
    model.mesh.addLathe([SIMD2(0, 0), SIMD2(0.64, 0), SIMD2(0.7, edge)], coat: rim, isSmooth: false)
    model.mesh.addLathe(
      [SIMD2(0.7, height - edge), SIMD2(0.64, height), SIMD2(0, height)], coat: rim, isSmooth: false)
    return model
  }

  private static func cone(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (body, base) = (model.wear(chance.coat()), model.wear(chance.coat()))
    let height = chance.number(1.1...2.3)
    let tip = chance.happens(0.4) ? chance.number(0.05...0.35) : 0
    model.mesh.addLathe(
      [SIMD2(0.75, 0.1), SIMD2(tip, height), SIMD2(0, height)], coat: body, isSmooth: false)
    let foot = chance.number(0.75...1.05)
    model.mesh.addLathe(
      [SIMD2(foot, 0), SIMD2(foot, 0.1), SIMD2(0.7, 0.1)], coat: base, isSmooth: false)
    return model
  }

  private static func torus(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.rolling)
    let coat = model.wear(chance.coat())
    model.mesh.addRing(radius: 1, thickness: chance.number(0.16...0.42), coat: coat)
    return model
  }

  private static func gem(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.rolling)
    var coat = Coat(chance.vividColour(), gloss: 1)
    coat.isMetal = chance.happens(0.4)
    let number = model.wear(coat)
    let sides = chance.count(5...9)
    let ring = { (radius: Float, offset: Float) in
      (0..<sides).map { index -> SIMD2<Float> in
        let angle = 2 * Float.pi * (Float(index) + offset) / Float(sides)
        return SIMD2(radius * Portable.cosine(angle), radius * Portable.sine(angle))
      }
    }
    let (crown, depth) = (chance.number(0.25...0.5), chance.number(0.5...1.3))
    let table = chance.number(0.4...0.7)
    model.mesh.addPrism(ring(1, 0), from: 0, to: -depth, narrowing: 0, coat: number)
    model.mesh.addPrism(ring(1, 0), from: 0, to: crown, narrowing: table, coat: number)
    return model
  }

  private static func capsule(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.toppling)
    let (one, two) = (model.wear(chance.coat()), model.wear(chance.coat(patterned: 0.2)))
    let height = chance.number(0.6...1.6)
    let dome = (0...6).map { index -> SIMD2<Float> in
      let angle = Float.pi / 2 * Float(index) / 6
      return SIMD2(0.6 * Portable.cosine(angle), height / 2 + 0.6 * Portable.sine(angle))
    }
    model.mesh.addLathe([SIMD2(0.6, 0)] + dome, coat: one)
    model.mesh.addLathe(dome.reversed().map { SIMD2($0.x, -$0.y) } + [SIMD2(0.6, 0)], coat: two)
    return model
  }

  private static func pyramid(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let coat = model.wear(chance.coat())
    let sides = chance.count(3...6)
    let base = (0..<sides).map { index -> SIMD2<Float> in
      let angle = 2 * Float.pi * Float(index) / Float(sides)
      return SIMD2(Portable.cosine(angle), Portable.sine(angle))
    }
    let narrowing = chance.happens(0.6) ? 0 : chance.number(0.3...0.8)
    model.mesh.addPrism(base, from: 0, to: chance.number(0.8...1.9), narrowing: narrowing, coat: coat)
    return model
  }
}
