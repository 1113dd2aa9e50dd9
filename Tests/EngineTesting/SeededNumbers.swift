/// Numbers for networks too large to be checked in: those that `Scripts/fixtures/seeded.py` makes.
package enum SeededNumbers {
  /// 32 bits for every index.
  private static func fill<Value>(
    _ seed: Int, _ count: Int, _ value: (UInt32) -> Value
  ) -> [Value] {
    let start = UInt32(truncatingIfNeeded: seed) &* 0x85EB_CA6B
    return [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      var index = 0
      while index < count {
        var x = UInt32(truncatingIfNeeded: index) &* 0x9E37_79B1 &+ start
        x = (x ^ (x &>> 16)) &* 0x7FEB_352D
        x = (x ^ (x &>> 15)) &* 0x846C_A68B
        x = x ^ (x &>> 16)
        (buffer.baseAddress! + index).initialize(to: value(x))
        index &+= 1
      }
      initialized = count
    }
  }

  /// Singles from −1 up to 1, multiplied and shifted.
  package static func noise(seed: Int, count: Int, scale: Float = 1, shift: Float = 0) -> [Float] {
    fill(seed, count) { (Float($0 &>> 8) * 0x1p-23 - 1) * scale + shift }
  }

  /// Interleaved bytes of a picture of three channels.
  package static func picture(seed: Int, width: Int, height: Int) -> [UInt8] {
    fill(seed, 3 * width * height) { UInt8(truncatingIfNeeded: $0 &>> 24) }
  }

  /// Values for every name: matrices and kernels keep the size of what passes, scales and variances are near 1.
  package static func weights(_ shapes: [String: [Int]]) -> (String) -> [Float] {
    let seeds = Dictionary(uniqueKeysWithValues: shapes.keys.sorted().enumerated().map { ($1, $0) })
    return { name in
      let shape = shapes[name]!
      let (seed, count) = (seeds[name]!, shape.reduce(1, *))
      if shape.count > 1 {
        let scale = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
        return noise(seed: seed, count: count, scale: Float(scale))
      }
      let isNearOne = name.hasSuffix("running_var") || name.hasSuffix(".bn.weight")
      return isNearOne
        ? noise(seed: seed, count: count, scale: 0.25, shift: 1)
        : noise(seed: seed, count: count, scale: 0.125)
    }
  }
}
