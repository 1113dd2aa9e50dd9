/// Closed lines with corners in −1…1, y up.
enum Outline {
  /// A line around the middle whose radius is given for each angle in turns.
  static func radial(_ count: Int = 60, _ radius: (Float) -> Float) -> [SIMD2<Float>] {
    (0..<count).map { index in
      let turn = Float(index) / Float(count)
      let r = radius(turn)
      return SIMD2(
        r * Portable.sine(2 * Float.pi * turn), r * Portable.cosine(2 * Float.pi * turn))
    }
  }

  /// Points of a star, its inner corners at `inner` of the outer radius.
  static func star(points: Int, inner: Float) -> [SIMD2<Float>] {
    radial(points * 2) { turn in
      Int(turn * Float(points * 2) + 0.5) % 2 == 0 ? 0.95 : 0.95 * inner
    }
  }

  static func flower(petals: Int, depth: Float) -> [SIMD2<Float>] {
    radial(72) { turn in
      let swing = Portable.cosine(2 * Float.pi * turn * Float(petals))
      return 0.95 * (1 - depth + depth * (1 - (1 - swing) * (1 - swing) / 4))
    }
  }

  static func gear(teeth: Int, depth: Float) -> [SIMD2<Float>] {
    radial(teeth * 8) { turn in
      fraction(turn * Float(teeth)) < 0.5 ? 0.95 : 0.95 * (1 - depth)
    }
  }

  static func heart(width: Float) -> [SIMD2<Float>] {
    (0..<48).map { index in
      let angle = 2 * Float.pi * Float(index) / 48
      let s = Portable.sine(angle)
      let y =
        13 * Portable.cosine(angle) - 5 * Portable.cosine(2 * angle) - 2 * Portable.cosine(3 * angle)
        - Portable.cosine(4 * angle)
      return SIMD2(s * s * s * width * 0.95, (y + 2.6) / 15.4)
    }
  }

  static func moon(thickness: Float) -> [SIMD2<Float>] {
    let outer = (0...24).map { index -> SIMD2<Float> in
      let angle = Float.pi * (0.18 + 1.64 * Float(index) / 24)
      return SIMD2(Portable.cosine(angle), Portable.sine(angle)) * 0.92
    }
    let tip = outer[0]
    let centre = SIMD2(tip.x - 0.92 + 0.92 * thickness + 0.55, 0)
    let reach = ((tip - centre) * (tip - centre)).sum().squareRoot()
    let inner = (1..<20).map { index -> SIMD2<Float> in
      let share = Float(index) / 20
      let y = mix(outer[24].y, tip.y, share)
      return SIMD2(centre.x - max(0, reach * reach - y * y).squareRoot(), y)
    }
    return outer + inner
  }

  /// A leaf upright, with teeth along its edge.
  static func leaf(width: Float, teeth: Float) -> [SIMD2<Float>] {
    let side = (0...22).map { index -> SIMD2<Float> in
      let v = Float(index) / 22
      let belly = Portable.sine(Float.pi * Portable.power(v, 0.75)) * width
      let tooth: Float = index % 2 == 0 ? 1 : 1 - teeth
      return SIMD2(belly * tooth + 0.03, -0.8 + 1.75 * v)
    }
    let stalk: [SIMD2<Float>] = [SIMD2(0.035, -0.98), SIMD2(-0.035, -0.98)]
    return side.reversed() + stalk.map { SIMD2($0.x, $0.y) } + side.map { SIMD2(-$0.x, $0.y) }
  }

  /// A fish that looks to the left.
  static func fish(height: Float, tail: Float, fin: Float) -> [SIMD2<Float>] {
    let top: [SIMD2<Float>] = [
      SIMD2(-0.95, 0), SIMD2(-0.7, height * 0.6), SIMD2(-0.3, height + fin * 0.4),
      SIMD2(0.05, height * 0.95 + fin), SIMD2(0.3, height * 0.55), SIMD2(0.55, 0.1), SIMD2(0.95, tail),
      SIMD2(0.8, 0),
    ]
    let bottom: [SIMD2<Float>] = [
      SIMD2(0.95, -tail), SIMD2(0.55, -0.1), SIMD2(0.3, -height * 0.55), SIMD2(0, -height - fin * 0.5),
      SIMD2(-0.3, -height), SIMD2(-0.7, -height * 0.6), SIMD2(-0.95, 0),
    ]
    return Curve.smooth(top + bottom, pieces: 3).dropLast()
  }

  static func cloud(bumps: Int, chance: inout Chance) -> [SIMD2<Float>] {
    let phase = chance.number(0...1)
    let stretch = chance.number(0.5...0.75)
    return radial(80) { turn in
      let swing = abs(Portable.sine(Float.pi * (turn * Float(bumps) + phase)))
      return 0.74 + 0.2 * swing
    }.map { SIMD2($0.x, $0.y * stretch) }
  }

  static func bolt(lean: Float) -> [SIMD2<Float>] {
    [
      SIMD2(0.25 + lean, 0.95), SIMD2(-0.55, -0.05), SIMD2(-0.08, -0.05), SIMD2(-0.3 - lean, -0.95),
      SIMD2(0.55, 0.2), SIMD2(0.1, 0.2),
    ]
  }

  static func arrow(shaft: Float, head: Float) -> [SIMD2<Float>] {
    [
      SIMD2(-0.95, shaft), SIMD2(0.95 - head, shaft), SIMD2(0.95 - head, 0.7), SIMD2(0.95, 0),
      SIMD2(0.95 - head, -0.7), SIMD2(0.95 - head, -shaft), SIMD2(-0.95, -shaft),
    ]
  }

  static func plus(arm: Float) -> [SIMD2<Float>] {
    let (a, b) = (arm, Float(0.92))
    return [
      SIMD2(-a, b), SIMD2(a, b), SIMD2(a, a), SIMD2(b, a), SIMD2(b, -a), SIMD2(a, -a), SIMD2(a, -b),
      SIMD2(-a, -b), SIMD2(-a, -a), SIMD2(-b, -a), SIMD2(-b, a), SIMD2(-a, a),
    ]
  }

  /// A pair of wings, mirrored about the y axis.
  static func wings(upper: Float, lower: Float) -> [SIMD2<Float>] {
    let right: [SIMD2<Float>] = [
      SIMD2(0.02, 0.3), SIMD2(0.45, 0.5 + 0.4 * upper), SIMD2(0.92, 0.55 + 0.35 * upper), SIMD2(0.9, 0.2),
      SIMD2(0.5, 0), SIMD2(0.75, -0.3), SIMD2(0.6, -0.5 - 0.4 * lower), SIMD2(0.3, -0.6), SIMD2(0.02, -0.25),
    ]
    let curve = Curve.smooth(right, pieces: 3)
    return curve + curve.reversed().map { SIMD2(-$0.x, $0.y) }
  }
}
