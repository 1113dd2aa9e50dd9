/// Colours as they occur, in linear RGB.
enum Palette {
  /// A colour given as people name it: hue in turns, saturation and brightness 0…1 as a screen shows them.
  static func colour(hue: Float, saturation: Float, brightness: Float) -> Vector {
    let turns = Vector(hue, hue + 2 / 3, hue + 1 / 3)
    let parts = Vector(wave(turns.x), wave(turns.y), wave(turns.z))
    return linear((parts * saturation + (1 - saturation)) * brightness)
  }

  private static func wave(_ turn: Float) -> Float { clamp(abs(fraction(turn) * 6 - 3) - 1) }

  /// Screen values to light: near enough to sRGB's curve.
  static func linear(_ screen: Vector) -> Vector {
    screen * (screen * (screen * 0.305_306 + 0.682_171) + 0.012_523)
  }
}

extension Chance {
  /// A clear colour such as toys, fruit and glaze have.
  mutating func vividColour() -> Vector {
    Palette.colour(
      hue: number(0...1), saturation: number(0.55...0.95), brightness: number(0.55...0.95))
  }

  /// Any colour, greys and whites among them.
  mutating func colour() -> Vector {
    switch count(0...9) {
    case 0: Palette.linear(Vector(repeating: number(0.85...0.95)))
    case 1: Palette.linear(Vector(repeating: number(0.08...0.4)))
    case 2, 3: mutedColour()
    default: vividColour()
    }
  }

  /// A quiet colour such as walls, cloth and stone have.
  mutating func mutedColour() -> Vector {
    Palette.colour(
      hue: number(0...1), saturation: number(0.08...0.45), brightness: number(0.4...0.9))
  }

  /// Some brown.
  mutating func woodColour() -> Vector {
    Palette.colour(
      hue: number(0.05...0.1), saturation: number(0.35...0.7), brightness: number(0.3...0.75))
  }

  /// Some green.
  mutating func leafColour() -> Vector {
    Palette.colour(
      hue: number(0.2...0.42), saturation: number(0.45...0.85), brightness: number(0.3...0.7))
  }

  /// A hue within bounds.
  mutating func colour(hue: ClosedRange<Float>, bright: ClosedRange<Float> = 0.6...0.95) -> Vector {
    Palette.colour(hue: number(hue), saturation: number(0.6...0.95), brightness: number(bright))
  }

  /// A coat in that colour or any, in any pattern.
  mutating func coat(_ base: Vector? = nil, patterned: Float = 0.6) -> Coat {
    let first = base ?? colour()
    var coat = Coat(first, gloss: happens(0.5) ? number(0.45...0.95) : number(0...0.4))
    coat.seed = bits()
    guard happens(patterned) else {
      coat.isMetal = base == nil && happens(0.1)
      return coat
    }
    coat.pattern = pick(Coat.Pattern.allCases)
    var second = colour()
    // Two colours that look alike are no pattern.
    let gap = first - second
    if dot(gap, gap) < 0.06 {
      second = dot(first, Vector(1, 1, 1)) > 0.9 ? first * 0.15 : Vector(repeating: 0.75)
    }
    coat.colours.1 = second
    if coat.pattern == .wood {
      coat.colours = (woodColour(), woodColour() * 0.5)
    }
    (coat.around, coat.along) = (Float(count(3...9)), number(2...6))
    coat.slant = Float(count(-1...1))
    return coat
  }
}
