/// Animals and figures.
enum Creatures {
  static func model(_ kind: ObjectKind, _ chance: inout Chance) -> ObjectModel {
    switch kind {
    case .duck: duck(&chance)
    case .bear: bear(&chance)
    case .bird: bird(&chance)
    case .fish: fish(&chance)
    case .butterfly: butterfly(&chance)
    case .robot: robot(&chance)
    default: snowman(&chance)
    }
  }

  /// Two eyes looking along x.
  private static func addEyes(
    _ model: inout ObjectModel, at place: Vector, apart: Float, size: Float
  ) {
    let eye = model.wear(Vector(repeating: 0.01), gloss: 1)
    for side: Float in [1, -1] {
      model.mesh.addBall(place + Vector(0, 0, side * apart), Vector(repeating: size), coat: eye, around: 10)
    }
  }

  private static func snowman(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let snow = model.wear(chance.happens(0.7) ? Vector(0.82, 0.85, 0.9) : chance.colour(), gloss: 0.15)
    let (nose, black) = (model.wear(Vector(0.85, 0.25, 0.02)), model.wear(chance.colour() * 0.3))
    let scarf = model.wear(chance.coat(chance.vividColour()))
    var (height, radius): (Float, Float) = (0, chance.number(0.6...0.75))
    for index in 0..<3 {
      model.mesh.addBall(
        Vector(0, height + radius * 0.9, 0), Vector(repeating: radius), coat: snow)
      if index == 1 {
        model.mesh.addRing(
          radius: radius * 0.72, thickness: 0.11, coat: scarf, .moved(0, height + radius * 1.65, 0))
      }
      if index < 2 { (height, radius) = (height + radius * 1.55, radius * chance.number(0.68...0.78)) }
    }
    let face = Vector(radius * 0.9, height + radius * 0.95, 0)
    model.mesh.addRod(from: face, to: face + Vector(0.4, -0.03, 0), radius: 0.09, tip: 0, coat: nose)
    addEyes(&model, at: face + Vector(0, radius * 0.35, 0), apart: radius * 0.35, size: 0.075)
    if chance.happens(0.7) {
      let brim = height + radius * 1.65
      model.mesh.addLathe(
        [
          SIMD2(radius, brim), SIMD2(radius, brim + 0.06), SIMD2(0.3, brim + 0.06), SIMD2(0.3, brim + 0.5),
          SIMD2(0, brim + 0.5),
        ],
        coat: black, isSmooth: false)
    }
    return model
  }

  private static func duck(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let colour = chance.happens(0.5) ? chance.colour(hue: 0.11...0.16) : chance.colour()
    let (body, beak) = (
      model.wear(chance.coat(colour, patterned: 0.2)), model.wear(Vector(0.85, 0.22, 0.02), gloss: 0.6)
    )
    let wing = model.wear(colour * chance.number(0.6...0.95))
    let head = chance.number(0.36...0.48)
    model.mesh.addBall(Vector(0, 0.5, 0), Vector(0.85, 0.5, 0.58), coat: body)
    model.mesh.addTube([Vector(-0.6, 0.55, 0), Vector(-0.95, 0.75, 0), Vector(-1.1, 1, 0)], coat: body) {
      0.28 - 0.24 * $0
    }
    model.mesh.addBall(Vector(0.5, 1.12, 0), Vector(repeating: head), coat: body)
    model.mesh.addBall(Vector(0.5 + head, 1.06, 0), Vector(0.24, 0.07, 0.2), coat: beak, around: 12)
    for side: Float in [1, -1] {
      model.mesh.addBall(Vector(-0.1, 0.6, side * 0.52), Vector(0.5, 0.26, 0.13), coat: wing, around: 14)
    }
    addEyes(&model, at: Vector(0.5 + head * 0.72, 1.24, 0), apart: head * 0.55, size: 0.07)
    return model
  }

  private static func bear(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.facing)
    let colour = chance.happens(0.6) ? chance.woodColour() : chance.colour()
    let (fur, pale) = (
      model.wear(chance.coat(colour, patterned: 0.15)),
      model.wear(mix(colour, Vector(0.8, 0.7, 0.55), 0.6), gloss: 0)
    )
    let head = chance.number(0.45...0.58)
    // Looks along x; limbs in pairs along z.
    model.mesh.addBall(Vector(0, 0.6, 0), Vector(0.5, 0.6, 0.52), coat: fur)
    model.mesh.addBall(Vector(0.12, 0.58, 0), Vector(0.42, 0.44, 0.38), coat: pale)
    model.mesh.addBall(Vector(0.05, 1.4, 0), Vector(head * 0.9, head * 0.9, head), coat: fur)
    model.mesh.addBall(Vector(head * 0.85, 1.28, 0), Vector(0.2, 0.17, 0.22), coat: pale, around: 14)
    let nose = model.wear(Vector(repeating: 0.02), gloss: 0.8)
    model.mesh.addBall(Vector(head * 0.85 + 0.19, 1.34, 0), Vector(0.07, 0.06, 0.09), coat: nose, around: 10)
    let ear = chance.number(0.15...0.24)
    for side: Float in [1, -1] {
      model.mesh.addBall(
        Vector(0, 1.4 + head * 0.8, side * head * 0.7), Vector(0.1, ear, ear), coat: fur, around: 12)
      model.mesh.addBall(
        Vector(0.2, 0.85, side * 0.55), Vector(0.2, 0.34, 0.19), coat: fur, .identity, around: 12)
      model.mesh.addBall(Vector(0.42, 0.2, side * 0.38), Vector(0.38, 0.2, 0.22), coat: fur, around: 12)
    }
    addEyes(&model, at: Vector(head * 0.83, 1.52, 0), apart: head * 0.38, size: 0.06)
    model.mesh.apply(.turnedY(-Float.pi / 2))
    return model
  }

  private static func bird(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let colour = chance.vividColour()
    let (body, belly) = (
      model.wear(chance.coat(colour, patterned: 0.2)), model.wear(chance.coat(patterned: 0))
    )
    let (wing, beak) = (
      model.wear(chance.coat(patterned: 0.4)), model.wear(Vector(0.7, 0.35, 0.03), gloss: 0.6)
    )
    model.mesh.addBall(
      .zero, Vector(0.62, 0.48, 0.46), coat: body, Transform.turnedZ(0.35).then(.moved(0, 0.75, 0)))
    model.mesh.addBall(Vector(0.13, 0.67, 0), Vector(0.48, 0.42, 0.4), coat: belly)
    model.mesh.addBall(Vector(0.48, 1.18, 0), Vector(repeating: chance.number(0.3...0.4)), coat: body)
    let length = chance.number(0.2...0.5)
    model.mesh.addRod(
      from: Vector(0.75, 1.15, 0), to: Vector(0.8 + length, 1.1, 0), radius: 0.1, tip: 0, coat: beak)
    model.mesh.addBall(
      .zero, Vector(chance.number(0.4...0.7), 0.05, 0.2), coat: wing,
      Transform.turnedZ(-0.25).then(.moved(-0.85, 0.65, 0)), around: 12)
    for side: Float in [1, -1] {
      model.mesh.addBall(
        .zero, Vector(0.5, 0.25, 0.09), coat: wing,
        Transform.turnedZ(0.5).then(.moved(-0.15, 0.82, side * 0.44)), around: 14)
      model.mesh.addRod(
        from: Vector(0.05, 0.35, side * 0.18), to: Vector(0.1, 0, side * 0.18), radius: 0.04, coat: beak)
    }
    addEyes(&model, at: Vector(0.7, 1.26, 0), apart: 0.2, size: 0.065)
    return model
  }

  private static func fish(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.facing)
    var coat = chance.coat(chance.vividColour(), patterned: 0.8)
    coat.stencil = Stencil(
      Outline.fish(
        height: chance.number(0.3...0.6), tail: chance.number(0.35...0.65), fin: chance.number(0.05...0.3)))
    coat.gloss = 0.6
    let body = model.wear(coat)
    model.mesh.addPlate(coat.stencil!, thickness: chance.number(0.18...0.28), edge: 0.4, coat: body)
    let (white, black) = (
      model.wear(Vector(0.85, 0.85, 0.8), gloss: 0.9), model.wear(Vector(repeating: 0.01), gloss: 0.9)
    )
    for side: Float in [1, -1] {
      model.mesh.addBall(Vector(-0.62, 0.1, side * 0.13), Vector(0.13, 0.13, 0.08), coat: white, around: 12)
      model.mesh.addBall(Vector(-0.64, 0.1, side * 0.18), Vector(0.065, 0.065, 0.05), coat: black, around: 10)
    }
    return model
  }

  private static func butterfly(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.plate)
    var coat = chance.coat(chance.vividColour(), patterned: 1)
    coat.stencil = Stencil(Outline.wings(upper: chance.number(0.3...1), lower: chance.number(0.2...1)))
    let (wings, body) = (model.wear(coat), model.wear(chance.woodColour() * 0.3))
    model.mesh.addPlate(coat.stencil!, thickness: 0.05, coat: wings)
    model.mesh.addBall(Vector(0, 0, 0.02), Vector(0.085, 0.55, 0.11), coat: body, around: 12)
    for side: Float in [1, -1] {
      model.mesh.addTube(
        [Vector(0, 0.45, 0.02), Vector(side * 0.12, 0.75, 0.03), Vector(side * 0.3, 0.92, 0.03)], coat: body,
        around: 6
      ) { _ in 0.028 }
    }
    return model
  }

  private static func robot(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.facing)
    var steel = chance.coat(patterned: 0.2)
    (steel.gloss, steel.isMetal) = (0.7, chance.happens(0.5))
    let (shell, joint) = (model.wear(steel), model.wear(Coat(chance.colour(), gloss: 0.6)))
    let lamp = model.wear(chance.vividColour() * 1.5, gloss: 0.9)
    let (width, height) = (chance.number(0.4...0.6), chance.number(0.45...0.65))
    let head = chance.number(0.28...0.42)
    let (hip, neck) = (Float(0.6), 0.6 + 2 * height)
    model.mesh.addBlock(Vector(0, hip + height, 0), Vector(width, height, 0.32), coat: shell)
    model.mesh.addBlock(Vector(0, neck + head + 0.1, 0), Vector(head * 1.15, head, 0.3), coat: shell)
    model.mesh.addRod(from: Vector(0, neck, 0), to: Vector(0, neck + 0.15, 0), radius: 0.14, coat: joint)
    model.mesh.addRod(
      from: Vector(0, neck + 2 * head + 0.1, 0), to: Vector(0, neck + 2 * head + 0.4, 0), radius: 0.03,
      coat: joint)
    model.mesh.addBall(Vector(0, neck + 2 * head + 0.45, 0), Vector(repeating: 0.09), coat: lamp, around: 10)
    for side: Float in [1, -1] {
      model.mesh.addBall(
        Vector(side * head * 0.5, neck + head * 1.2 + 0.1, 0.3), Vector(0.11, 0.11, 0.06), coat: lamp,
        around: 12)
      model.mesh.addRod(
        from: Vector(side * width * 0.5, 0, 0), to: Vector(side * width * 0.5, hip, 0), radius: 0.15,
        coat: joint)
      model.mesh.addTube(
        [
          Vector(side * width, neck - 0.15, 0), Vector(side * (width + 0.3), neck - 0.4, 0),
          Vector(side * (width + 0.25), hip + 0.15, 0.2),
        ],
        coat: joint
      ) { _ in 0.11 }
    }
    let panel = model.wear(chance.coat())
    model.mesh.addBlock(Vector(0, hip + height, 0.32), Vector(width * 0.6, height * 0.5, 0.03), coat: panel)
    return model
  }
}
