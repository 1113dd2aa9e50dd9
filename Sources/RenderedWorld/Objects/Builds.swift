/// Things put together of blocks.
enum Builds {
  static func model(_ kind: ObjectKind, _ chance: inout Chance) -> ObjectModel {
    switch kind {
    case .car: car(&chance)
    case .gift: gift(&chance)
    case .book: book(&chance)
    case .chair: chair(&chance)
    case .table: table(&chance)
    default: house(&chance)
    }
  }

  private static func house(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (wall, roof) = (model.wear(chance.coat(patterned: 0.3)), model.wear(chance.coat(patterned: 0.5)))
    let (door, glass) = (model.wear(chance.colour()), model.wear(Vector(0.25, 0.4, 0.55), gloss: 1))
    let (width, depth) = (chance.number(0.6...0.9), chance.number(0.5...0.8))
    let (height, peak) = (chance.number(0.8...1.5), chance.number(0.45...0.9))
    model.mesh.addBlock(Vector(0, height / 2, 0), Vector(width, height / 2, depth), coat: wall)
    let (eave, over) = (height - 0.06, Float(1.15))
    let (ridge, w, d) = (height + peak, width * over, depth * over)
    let left = [Vector(-w, eave, d), Vector(w, eave, d), Vector(w, ridge, 0), Vector(-w, ridge, 0)]
    model.mesh.addFace(left, coat: roof)
    model.mesh.addFace(left.reversed().map { Vector($0.x, $0.y, -$0.z) }, coat: roof)
    for side: Float in [1, -1] {
      let gable = [
        Vector(side * width, height, -depth), Vector(side * width, ridge - 0.08, 0),
        Vector(side * width, height, depth),
      ]
      model.mesh.addFace(side > 0 ? gable : gable.reversed(), coat: wall)
      for row in 0..<(height > 1.15 ? 2 : 1) {
        for column: Float in [-0.5, 0.5] {
          let y = 0.45 + 0.55 * Float(row)
          model.mesh.addBlock(Vector(width * column, y, side * depth), Vector(0.15, 0.16, 0.02), coat: glass)
          model.mesh.addBlock(Vector(side * width, y, depth * column), Vector(0.02, 0.16, 0.13), coat: glass)
        }
      }
    }
    model.mesh.addBlock(Vector(0, 0.27, depth), Vector(0.14, 0.27, 0.03), coat: door)
    if chance.happens(0.6) {
      let brick = model.wear(chance.colour(hue: 0...0.05) * 0.5, gloss: 0)
      model.mesh.addBlock(
        Vector(width * 0.5, ridge - 0.1, -depth * 0.4), Vector(0.12, 0.35, 0.12), coat: brick)
    }
    return model
  }

  private static func car(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var lacquer = chance.coat(chance.vividColour(), patterned: 0.15)
    lacquer.gloss = 0.9
    let (body, glass) = (model.wear(lacquer), model.wear(Vector(0.06, 0.09, 0.12), gloss: 1))
    let (tyre, hub) = (
      model.wear(Vector(repeating: 0.02), gloss: 0.1), model.wear(Coat(Vector(repeating: 0.6), gloss: 0.8))
    )
    let (lamp, rear) = (
      model.wear(Vector(1, 0.95, 0.7), gloss: 1), model.wear(Vector(0.6, 0.01, 0.01), gloss: 1)
    )
    let (length, width) = (chance.number(1...1.35), chance.number(0.45...0.55))
    let (belt, wheel) = (chance.number(0.5...0.68), chance.number(0.2...0.28))
    let (cabin, shift) = (chance.number(0.45...0.75), chance.number(-0.35...0.1))
    model.mesh.addBlock(Vector(0, 0.16 + belt / 2, 0), Vector(length, belt / 2, width), coat: body, top: 0.95)
    let roof = belt + 0.16
    let high = chance.number(0.2...0.28)
    let slant = chance.number(0.7...0.9)
    model.mesh.addBlock(
      Vector(shift, roof + high, 0), Vector(length * cabin, high, width * 0.92), coat: glass, top: slant)
    model.mesh.addBlock(
      Vector(shift, roof + 2 * high, 0),
      Vector(length * cabin * slant * 1.02, 0.045, width * 0.92 * slant * 1.02), coat: body)
    for side: Float in [1, -1] {
      for end: Float in [0.62, -0.62] {
        let centre = Vector(end * length, wheel, side * width * 0.82)
        model.mesh.addRod(
          from: centre, to: centre + Vector(0, 0, side * width * 0.25), radius: wheel, coat: tyre, around: 18)
        model.mesh.addRod(
          from: centre, to: centre + Vector(0, 0, side * (width * 0.25 + 0.02)), radius: wheel * 0.55,
          coat: hub)
      }
      model.mesh.addBall(
        Vector(length * 0.97, belt * 0.8, side * width * 0.68), Vector(0.06, 0.09, 0.11), coat: lamp,
        around: 10)
      model.mesh.addBall(
        Vector(-length * 0.97, belt * 0.8, side * width * 0.68), Vector(0.05, 0.07, 0.1), coat: rear,
        around: 10)
    }
    return model
  }

  private static func gift(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var paper = chance.coat(patterned: 0.8)
    (paper.around, paper.along) = (Float(chance.count(3...6)), Float(chance.count(3...6)))
    let (box, ribbon) = (model.wear(paper), model.wear(Coat(chance.vividColour(), gloss: 0.7)))
    let half = Vector(chance.number(0.5...0.9), chance.number(0.3...0.8), chance.number(0.5...0.9))
    model.mesh.addBlock(Vector(0, half.y, 0), half, coat: box)
    let wide: Float = 0.1
    model.mesh.addBlock(Vector(0, half.y, 0), Vector(wide, half.y + 0.015, half.z + 0.015), coat: ribbon)
    model.mesh.addBlock(Vector(0, half.y, 0), Vector(half.x + 0.015, half.y + 0.015, wide), coat: ribbon)
    for side: Float in [1, -1] {
      model.mesh.addRing(
        radius: 0.2, thickness: 0.055, coat: ribbon,
        Transform.turnedX(Float.pi / 2).then(.turnedZ(side * 0.6)).then(
          .moved(side * 0.19, 2 * half.y + 0.15, 0)))
    }
    return model
  }

  private static func book(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    var height: Float = 0
    for _ in 0..<chance.count(1...4) {
      var cloth = chance.coat(patterned: 0.5)
      (cloth.around, cloth.along) = (Float(chance.count(1...4)), Float(chance.count(2...6)))
      let (cover, pages) = (model.wear(cloth), model.wear(Vector(0.8, 0.75, 0.62), gloss: 0))
      let (half, thick) = (
        SIMD2(chance.number(0.55...0.75), chance.number(0.75...1)), chance.number(0.08...0.2)
      )
      let place = Transform.turnedY(chance.number(-0.4...0.4)).then(.moved(0, height, 0))
      model.mesh.addBlock(
        Vector(0.03, thick, 0), Vector(half.x - 0.03, thick - 0.03, half.y - 0.04), coat: pages, place)
      model.mesh.addBlock(Vector(0, 0.02, 0), Vector(half.x, 0.02, half.y), coat: cover, place)
      model.mesh.addBlock(Vector(0, 2 * thick - 0.02, 0), Vector(half.x, 0.02, half.y), coat: cover, place)
      model.mesh.addBlock(Vector(-half.x, thick, 0), Vector(0.025, thick, half.y), coat: cover, place)
      height += 2 * thick
    }
    return model
  }

  private static func chair(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (wood, cushion) = (model.wear(chance.coat(patterned: 0.3)), model.wear(chance.coat()))
    let (half, seat) = (chance.number(0.42...0.55), chance.number(0.7...0.95))
    let back = seat + chance.number(0.6...1.1)
    for (x, z) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] as [(Float, Float)] {
      let top = x < 0 ? back : seat
      model.mesh.addRod(
        from: Vector(x * half, 0, z * half), to: Vector(x * half, top, z * half), radius: 0.06, coat: wood,
        around: 8)
    }
    model.mesh.addBlock(Vector(0, seat, 0), Vector(half + 0.06, 0.06, half + 0.06), coat: wood)
    model.mesh.addBall(Vector(0, seat + 0.08, 0), Vector(half, 0.1, half), coat: cushion, around: 14)
    for bar in 0..<chance.count(2...4) {
      let y = back - 0.1 - 0.22 * Float(bar)
      if y > seat + 0.1 { model.mesh.addBlock(Vector(-half, y, 0), Vector(0.04, 0.08, half), coat: wood) }
    }
    return model
  }

  private static func table(_ chance: inout Chance) -> ObjectModel {
    var model = ObjectModel(.upright)
    let (wood, legs) = (model.wear(chance.coat(chance.woodColour())), model.wear(chance.coat(patterned: 0.2)))
    let (height, half) = (chance.number(0.7...1.2), SIMD2(chance.number(0.6...1), chance.number(0.5...0.7)))
    if chance.happens(0.4) {
      model.mesh.addLathe(
        [SIMD2(0, height - 0.1), SIMD2(half.x, height - 0.1), SIMD2(half.x, height), SIMD2(0, height)],
        coat: wood, isSmooth: false)
      model.mesh.addLathe(
        [SIMD2(0.45, 0), SIMD2(0.12, 0.12), SIMD2(0.1, height * 0.5), SIMD2(0.16, height - 0.08)], coat: legs)
      return model
    }
    model.mesh.addBlock(Vector(0, height, 0), Vector(half.x, 0.06, half.y), coat: wood)
    for (x, z) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] as [(Float, Float)] {
      let corner = Vector(x * half.x * 0.88, height, z * half.y * 0.85)
      model.mesh.addRod(
        from: Vector(corner.x, 0, corner.z), to: corner, radius: 0.05, tip: 0.08, coat: legs, around: 8)
    }
    return model
  }
}
