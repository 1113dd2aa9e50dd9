/// From light to a picture's bytes: exposure, the film's curve, falling off to the corners, grain.
struct Development: Sendable {
  /// Screen values 0…255 for light from 0 to `range`, by the square root, so that the dark has its share.
  private let curve: [Float]
  private static let range: Float = 12

  init() {
    curve = (0...2048).map { index in
      let root = Float(index) / 2048
      let light = root * root * Self.range
      // Straight in the dark, bent towards white, which 5 reaches.
      let tone = min(1, light * (1 + light / 25) / (1 + light * 0.85) * 1.06)
      return 255 * (tone <= 0.003_130_8 ? tone * 12.92 : 1.055 * Portable.power(tone, 1 / 2.4) - 0.055)
    }
  }

  /// How one picture is developed.
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
  func developed(_ pixels: [Vector], _ size: PixelSize, _ choice: Choice) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pixels.count * 3)
    let reach = 2 / Float(size.width * size.width + size.height * size.height) * 2
    for (index, pixel) in pixels.enumerated() {
      let (x, y) = (
        Float(index % size.width) - Float(size.width) / 2, Float(index / size.width) - Float(size.height) / 2
      )
      let light = pixel * (choice.exposure * (1 - choice.vignette * (x * x + y * y) * reach))
      let noise = Noise.hash(UInt32(truncatingIfNeeded: index) &* 0x9e37_79b9 &+ choice.seed)
      for band in 0..<3 {
        // Three sums of two bytes: near enough to a bell.
        let bits = Noise.hash(noise &+ UInt32(band))
        let spread = Float(bits & 255) + Float(bits >> 8 & 255) + Float(bits >> 16 & 255) + Float(bits >> 24)
        let value = screen(light[band]) + choice.grain * (spread - 510) / 148
        bytes.append(UInt8(max(0, min(255, value.rounded()))))
      }
    }
    return bytes
  }

  @inline(__always)
  private func screen(_ light: Float) -> Float {
    let place = min((max(0, light) / Self.range).squareRoot() * 2048, 2047.99)
    let index = Int(place)
    return mix(curve[index], curve[index + 1], place - Float(index))
  }
}
