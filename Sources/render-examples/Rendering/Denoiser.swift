import Foundation

/// Smooths what is left of the noise, not across edges of colour, orientation or depth: an à-trous wavelet
/// filter guided by the noise-free features (Dammertz 2010) and the measured variance (Schied 2017).
struct Denoiser: Sendable {
  /// Passes of the filter; each reaches twice as far as the one before.
  var passes = 4
  /// How many standard deviations of noise are taken for noise.
  var strictness: Float = 2.5

  /// Keeps the division by the base colour finite.
  static let darkest = Vector(repeating: 0.03)

  private struct Light {
    var value: Vector
    var variance: Float
  }

  /// The radiance of each pixel.
  func developed(_ exposure: Exposure) async -> [Vector] {
    var light = exposure.pixels.map {
      Light(value: $0.radiance / ($0.albedo + Self.darkest), variance: $0.variance)
    }
    for pass in 0..<passes {
      light = await filtered(light, exposure, step: 1 << pass)
    }
    return zip(light, exposure.pixels).map { $0.value * ($1.albedo + Self.darkest) }
  }

  private func filtered(_ light: [Light], _ exposure: Exposure, step: Int) async -> [Light] {
    let size = exposure.size
    let rows = await withTaskGroup(of: (Int, [Light]).self) { group in
      for y in 0..<size.height {
        group.addTask {
          (y, (0..<size.width).map { filtered(light, exposure, x: $0, y: y, step: step) })
        }
      }
      var rows = [[Light]](repeating: [], count: size.height)
      for await (y, row) in group { rows[y] = row }
      return rows
    }
    return rows.flatMap { $0 }
  }

  private static let kernel: [Float] = [0.0625, 0.25, 0.375, 0.25, 0.0625]

  private func filtered(_ light: [Light], _ exposure: Exposure, x: Int, y: Int, step: Int) -> Light {
    let size = exposure.size
    let centre = y * size.width + x
    let here = exposure.pixels[centre]
    let brightness = luminance(light[centre].value)
    let noise = strictness * smoothedVariance(light, size, x, y).squareRoot() + 1e-3
    var sum = Vector.zero
    var variance: Float = 0
    var total: Float = 0
    for dy in -2...2 {
      let row = y + dy * step
      guard row >= 0, row < size.height else { continue }
      for dx in -2...2 {
        let column = x + dx * step
        guard column >= 0, column < size.width else { continue }
        let index = row * size.width + column
        let difference = abs(luminance(light[index].value) - brightness)
        let weight =
          Self.kernel[dx + 2] * Self.kernel[dy + 2] * exp(-difference / noise)
          * likeness(here, exposure.pixels[index])
        sum += light[index].value * weight
        variance += light[index].variance * weight * weight
        total += weight
      }
    }
    guard total > 0 else { return light[centre] }
    return Light(value: sum / total, variance: variance / (total * total))
  }

  /// How much two pixels look like parts of one surface, 0...1.
  private func likeness(_ a: ExposedPixel, _ b: ExposedPixel) -> Float {
    let turned = max(0, dot(a.normal, b.normal))
    let squares = (dot(a.normal, a.normal), dot(b.normal, b.normal))
    // A mean of unlike normals is short: an edge out of focus, whose pixels mix several surfaces.
    let mixed = min(1, max(0, 0.97 - min(squares.0, squares.1)) * 4)
    let aligned = pow(min(1, turned / max(1e-6, max(squares.0, squares.1))), mix(24, 1, mixed))
    let tolerance = (0.004 * length(a.position) + 0.02) * (1 + 60 * mixed)
    let apart = abs(dot(a.normal, a.position - b.position)) / tolerance
    let painted = a.albedo - b.albedo
    return aligned * exp(-apart - dot(painted, painted) * 60)
  }

  /// One pixel's own estimate is too rough to trust; its neighbours' are as good.
  private func smoothedVariance(_ light: [Light], _ size: PictureSize, _ x: Int, _ y: Int) -> Float {
    var sum: Float = 0
    var count: Float = 0
    for row in max(0, y - 1)...min(size.height - 1, y + 1) {
      for column in max(0, x - 1)...min(size.width - 1, x + 1) {
        sum += light[row * size.width + column].variance
        count += 1
      }
    }
    return sum / count
  }
}
