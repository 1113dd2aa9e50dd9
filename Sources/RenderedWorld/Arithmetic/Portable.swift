/// Elementary functions out of sums, products and roots alone: those are rounded the same way everywhere, while every
/// C library has a sine of its own. Errors are below 1e-5, far less than a picture's 8 bits show.
enum Portable {
  /// The sine of an angle in radians.
  static func sine(_ angle: Float) -> Float {
    let turns = angle * (0.5 / Float.pi)
    var x = (turns - Float(floor(turns + 0.5))) * (2 * Float.pi)
    if x > Float.pi / 2 { x = Float.pi - x } else if x < -Float.pi / 2 { x = -Float.pi - x }
    let s = x * x
    return x * (1 + s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362_880)))))
  }

  /// The cosine of an angle in radians.
  static func cosine(_ angle: Float) -> Float { sine(angle + Float.pi / 2) }

  /// 2 to the power of `x`.
  static func exp2(_ x: Float) -> Float {
    let bounded = max(-126, min(127, x))
    let whole = floor(bounded + 0.5)
    let y = (bounded - Float(whole)) * 0.693_147_2
    let part = 1 + y * (1 + y * (0.5 + y * (1 / 6 + y * (1 / 24 + y * (1 / 120 + y / 720)))))
    return part * Float(sign: .plus, exponent: Int(whole), significand: 1)
  }

  /// The logarithm to base 2 of a positive number.
  static func log2(_ x: Float) -> Float {
    var (exponent, part) = (Float(x.exponent), x.significand)
    if part > 1.414_213_6 { (exponent, part) = (exponent + 1, part / 2) }
    let t = (part - 1) / (part + 1)
    let s = t * t
    return exponent + t * (2 + s * (2 / 3 + s * (2 / 5 + s * (2 / 7 + s * 2 / 9)))) * 1.442_695
  }

  /// `x` to a power; 0 for what is not positive.
  static func power(_ x: Float, _ exponent: Float) -> Float { x > 0 ? exp2(log2(x) * exponent) : 0 }
}
