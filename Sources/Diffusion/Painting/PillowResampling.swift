import Foundation

/// Resampling of interleaved 8-bit RGB exactly as Pillow does it, which prepared the pictures that CLIP, Paint by Example
/// and ObjectStitch were trained on: a filter widened when shrinking, weights of 22 fractional bits, rounded to 8 bits
/// between the horizontal and the vertical pass.
///
/// Source: the behaviour of `PIL.Image.resize`, checked against pictures it made.
package enum PillowResampling {
  /// Pillow's BICUBIC: Catmull–Rom, a = −½.
  case bicubic
  /// Pillow's BILINEAR: a triangle.
  case bilinear

  /// Where the weights of one place start, and the weights.
  package struct Window<Weight> {
    /// The first value that counts.
    package var start: Int
    /// What it and those behind it count.
    package var weights: [Weight]

    /// Weights of values from a first one on.
    package init(start: Int, weights: [Weight]) { (self.start, self.weights) = (start, weights) }
  }

  /// A picture resized to `newWidth`×`newHeight`.
  func resize(
    _ pixels: [UInt8], width: Int, height: Int, to newWidth: Int, _ newHeight: Int
  ) -> [UInt8] {
    let wide = newWidth == width ? pixels : stretched(pixels, width: width, to: newWidth)
    guard newHeight != height else { return wide }
    let turned = Self.transposed(wide, width: newWidth, height: height)
    return Self.transposed(
      stretched(turned, width: height, to: newHeight), width: newHeight, height: newWidth)
  }

  /// Every row brought to another length.
  private func stretched(_ pixels: [UInt8], width: Int, to newWidth: Int) -> [UInt8] {
    let windows = windows(from: width, to: newWidth).map { window in
      Window(
        start: window.start,
        weights: window.weights.map {
          Int32(($0 * Double(1 << Self.fractionBits)).rounded(.toNearestOrAwayFromZero))
        })
    }
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count / width * newWidth)
    for row in stride(from: 0, to: pixels.count, by: 3 * width) {
      for window in windows {
        for channel in 0..<3 {
          var place = row + 3 * window.start + channel
          var sum: Int32 = 1 << (Self.fractionBits - 1)
          for weight in window.weights {
            sum &+= Int32(pixels[place]) &* weight
            place += 3
          }
          result.append(UInt8(clamping: sum >> Self.fractionBits))
        }
      }
    }
    return result
  }

  private static func transposed(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count)
    for x in 0..<width {
      for y in 0..<height {
        for channel in 0..<3 { result.append(pixels[(y * width + x) * 3 + channel]) }
      }
    }
    return result
  }

  /// What each of `length` values counts in each of `newLength`, all together 1.
  package func windows(from length: Int, to newLength: Int) -> [Window<Double>] {
    let scale = Double(length) / Double(newLength)
    let filterScale = max(scale, 1)
    let (support, shrink) = (reach * filterScale, 1 / filterScale)
    return (0..<newLength).map { place in
      let center = (Double(place) + 0.5) * scale
      let start = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), length)
      var weights = (start..<end).map { kernel((Double($0) - center + 0.5) * shrink) }
      let total = weights.reduce(0, +)
      if total != 0 { weights = weights.map { $0 / total } }
      return Window(start: start, weights: weights)
    }
  }

  /// How many pixels away a pixel still counts.
  private var reach: Double {
    switch self {
    case .bicubic: 2
    case .bilinear: 1
    }
  }

  private func kernel(_ place: Double) -> Double {
    let x = abs(place)
    switch self {
    case .bilinear: return max(1 - x, 0)
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
      return 0
    }
  }

  private static let fractionBits = 22
}
