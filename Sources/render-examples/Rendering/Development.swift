import Foundation

/// From light on film to the bytes of a photograph.
struct Development: Sendable {
  /// Factor on all light.
  var exposure: Float = 1
  /// Factors on red, green, blue: the camera's white balance.
  var balance = Vector.one
  /// How much darker the corners are, 0...1.
  var vignette: Float = 0.18
  /// Standard deviation of the grain, in steps of 1/255.
  var grain: Float = 0.7

  /// sRGB bytes, three a pixel.
  func bytes(of radiance: [Vector], size: PictureSize, seed: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size.count * 3)
    let half = SIMD2(Float(size.width), Float(size.height)) * 0.5
    for (index, light) in radiance.enumerated() {
      let place = (SIMD2(Float(index % size.width), Float(index / size.width)) - half) / length(half)
      let falloff = 1 - vignette * (place * place).sum()
      let tone = Self.filmic(light * balance * (exposure * falloff))
      let noise = grain * Self.normal(UInt32(index), seed) / 255
      for channel in 0..<3 {
        let value = Self.sRGB(tone[channel]) + noise
        bytes.append(UInt8(clamp(value * 255 + 0.5, 0, 255)))
      }
    }
    return bytes
  }

  /// A film's response: a soft toe and a long shoulder (Narkowicz's fit of the ACES curve).
  private static func filmic(_ colour: Vector) -> Vector {
    let x = pointwiseMax(colour, .zero) * 0.6
    let tone = (x * (x * 2.51 + 0.03)) / (x * (x * 2.43 + 0.59) + 0.14)
    return tone.clamped(lowerBound: .zero, upperBound: .one)
  }

  private static func sRGB(_ x: Float) -> Float {
    x <= 0.003_130_8 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
  }

  /// A normally distributed number for each pixel (Box and Muller).
  private static func normal(_ index: UInt32, _ seed: UInt32) -> Float {
    let a = Noise.hash(index &* 2 &+ Noise.hash(seed))
    let b = Noise.hash(index &* 2 &+ 1 &+ Noise.hash(seed))
    let u = (Float(a >> 8) + 1) * 0x1p-24
    let v = Float(b >> 8) * 0x1p-24
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}
