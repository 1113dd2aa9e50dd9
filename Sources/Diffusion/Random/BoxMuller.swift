/// The Box–Muller transform of blocks of 16 in single precision, with the roundings of PyTorch's AVX2 kernel:
/// Cephes' polynomials for logarithm, sine and cosine, in fused multiply-adds.
///
/// Source of the polynomials: Moshier's Cephes library (`logf`, `sinf`).
enum BoxMuller {
  /// Turns 16 uniform numbers, eight radii and then eight angles, into 16 normal ones in place.
  static func transform(_ values: inout [Float], at start: Int) {
    for index in start..<start + 8 {
      let radius = (-2 * logarithm(1 - values[index])).squareRoot()
      let (sine, cosine) = sineAndCosine(twoPi * values[index + 8])
      values[index] = radius * cosine
      values[index + 8] = radius * sine
    }
  }

  /// 2π rounded to nearest; twice `Float.pi` is rounded towards zero.
  private static let twoPi = Float(2 * Double.pi)

  /// ln x of a positive x.
  private static func logarithm(_ x: Float) -> Float {
    let bits = max(x, Float.leastNormalMagnitude).bitPattern
    var exponent = Float(Int32(bits >> 23) - 126)
    var x = Float(bitPattern: bits & 0x7F_FFFF | 0x3F00_0000)
    if x < 0.707106781186547524 {
      exponent -= 1
      x = x - 1 + x
    } else {
      x -= 1
    }
    let square = x * x
    var y: Float = 7.0376836292e-2
    for coefficient in logarithmCoefficients { y = fused(y, x, coefficient) }
    y = fused(y * x, square, exponent * -2.12194440e-4)
    y = fused(-square, 0.5, y)
    return fused(exponent, 0.693359375, x + y)
  }

  private static let logarithmCoefficients: [Float] = [
    -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  ]

  /// sin x and cos x for x in [0, 2π], by octants.
  private static func sineAndCosine(_ angle: Float) -> (sine: Float, cosine: Float) {
    let octant = (Int32(angle * 1.27323954473516) + 1) & ~1
    let y = Float(octant)
    var x = fused(y, -0.78515625, angle)
    x = fused(y, -2.4187564849853515625e-4, x)
    x = fused(y, -3.77489497744594108e-8, x)
    let square = x * x
    var even: Float = 2.443315711809948e-5
    even = fused(even, square, -1.388731625493765e-3)
    even = fused(even, square, 4.166664568298827e-2)
    even = fused(even * square, square, -(square * 0.5)) + 1
    var odd: Float = -1.9515295891e-4
    odd = fused(odd, square, 8.3321608736e-3)
    odd = fused(odd, square, -1.6666654611e-1)
    odd = fused(odd * square, x, x)
    let (sine, cosine) = octant & 2 == 0 ? (odd, even) : (even, odd)
    return (octant & 4 == 0 ? sine : -sine, (octant - 2) & 4 == 0 ? -cosine : cosine)
  }

  /// a·b + c, rounded once.
  private static func fused(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }
}
