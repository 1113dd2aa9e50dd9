import Training

/// From light to a picture's bytes: exposure, the film's curve, falling off to the corners, grain.
struct ToneMapping: Sendable {
  /// Screen values 0…255 for light from 0 to `range`, by the square root, so that the dark has its share.
  private let curve: [Float]
  private static let range: Float = 12

  init() {
    curve = (0...2048).map { index in
      let root = Float(index) / 2048
      let light = root * root * Self.range
      // Straight in the dark, bent towards white, which 5 reaches.
      let tone = min(1, light * (1 + light / 25) / (1 + light * 0.8))
      return 255 * (tone <= 0.003_130_8 ? tone * 12.92 : 1.055 * Portable.power(tone, 1 / 2.4) - 0.055)
    }
  }

  /// How one picture is tone-mapped.
  struct Choice {
    var exposure: Float
    var vignette: Float
    var grain: Float
    var seed: UInt32

    init(_ chance: inout Chance) {
      exposure = Portable.exp2(chance.number(-0.35...0.3))
      vignette = chance.happens(0.5) ? chance.number(0...0.3) : 0
      grain = chance.happens(0.6) ? chance.number(0...2.5) : 0
      seed = chance.bits()
    }
  }

  /// The bytes, RGB, of a picture of linear light.
  func toneMapped(_ pixels: [Vector], _ size: PixelSize, _ choice: Choice) -> [UInt8] {
    let reach = 2 / Float(size.width * size.width + size.height * size.height) * 2
    return Array(unsafeUninitializedCapacity: pixels.count * 3) { bytes, count in
      for row in 0..<size.height {
        let y = Float(row) - Float(size.height) / 2
        for column in 0..<size.width {
          let (x, index) = (Float(column) - Float(size.width) / 2, row * size.width + column)
          let light = pixels[index] * (choice.exposure * (1 - choice.vignette * (x * x + y * y) * reach))
          let noise = choice.grain > 0 ? Self.grain(index, choice.seed) * choice.grain : .zero
          let value = screen(light) + noise
          bytes[3 * index] = Self.byte(value.x)
          bytes[3 * index + 1] = Self.byte(value.y)
          bytes[3 * index + 2] = Self.byte(value.z)
        }
      }
      count = pixels.count * 3
    }
  }

  /// Grain of deviation about 1, mostly the same in all colours.
  @inline(__always)
  private static func grain(_ index: Int, _ seed: UInt32) -> Vector {
    let bits = Noise.hash(UInt32(truncatingIfNeeded: index) &* 0x9e37_79b9 &+ seed)
    let more = Noise.hash(bits)
    // Four bytes in sum are near enough to a bell.
    let common =
      Float(bits & 255) + Float(bits >> 8 & 255) + Float(bits >> 16 & 255) + Float(bits >> 24) - 510
    let own = Vector(Float(more & 255), Float(more >> 8 & 255), Float(more >> 16 & 255)) - 127.5
    return (own * 0.8 + common) / 155
  }

  @inline(__always)
  private static func byte(_ value: Float) -> UInt8 { UInt8(clamp(value * (1 / 255)) * 255 + 0.5) }

  @inline(__always)
  private func screen(_ light: Vector) -> Vector {
    let root = (pointwiseMax(light, .zero) * (1 / Self.range)).squareRoot() * 2048
    return curve.withUnsafeBufferPointer { curve in
      let value = { (root: Float) -> Float in
        let bounded = root < 2048 ? root : 2048
        let index = min(Int(bounded), 2047)
        return mix(curve[index], curve[index + 1], bounded - Float(index))
      }
      return Vector(value(root.x), value(root.y), value(root.z))
    }
  }
}
