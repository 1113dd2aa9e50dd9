import Foundation

/// Colours of latents, roughly: what each channel adds to red, green and blue, as far as that is linear.
///
/// Fitted by least squares to what an autoencoder makes of `chart`, so that it is known for any model.
public struct LatentColours: Sendable {
  private let channels: Int
  /// Red, green and blue, each with what every channel adds, and a constant.
  private let weights: [[Double]]

  /// Fits colours to latents.
  ///
  /// - Parameters:
  ///   - latents: `[channels, height, width]`, flat.
  ///   - picture: of `height` rows and `width` columns.
  init(latents: [Float], channels: Int, of picture: PixelPlanes) {
    self.channels = channels
    let size = picture.width * picture.height
    let rows = (0..<size).map { place in
      (0..<channels).map { Double(latents[$0 * size + place]) } + [1]
    }
    let order = channels + 1
    var moments = (0..<order).map { i in
      (0..<order).map { j in rows.reduce(0) { $0 + $1[i] * $1[j] } / Double(size) }
    }
    // A channel that says nothing counts nothing.
    for i in 0..<channels { moments[i][i] += 1e-3 }
    weights = (0..<3).map { colour in
      let targets = (0..<order).map { i in
        (0..<size).reduce(0) { $0 + rows[$1][i] * Double(picture.values[colour * size + $1]) } / Double(size)
      }
      return Self.solution(of: moments, targets)
    }
  }

  /// A picture of one pixel for each of the latents `[channels, height, width]`, flat.
  public func picture(_ latents: [Float], height: Int, width: Int) -> PixelPlanes {
    let size = width * height
    let values = weights.flatMap { weights in
      (0..<size).map { place in
        Float(
          (0..<channels).reduce(weights[channels]) { $0 + weights[$1] * Double(latents[$1 * size + place]) })
      }
    }
    return PixelPlanes(width: width, height: height, values: values)
  }

  /// Smooth waves of colours that go through all of the cube, −1…1.
  static func chart(width: Int, height: Int) -> PixelPlanes {
    let waves: [(x: Double, y: Double)] = [(1, 2), (3, -1), (2, 3)]
    let values = waves.enumerated().flatMap { colour, wave in
      (0..<height).flatMap { row in
        (0..<width).map { column in
          let (x, y) = (
            2 * Double.pi * Double(column) / Double(width), 2 * Double.pi * Double(row) / Double(height)
          )
          return Float(sin(wave.x * x + wave.y * y + Double(colour)) * cos((wave.y * x - wave.x * y) / 2))
        }
      }
    }
    return PixelPlanes(width: width, height: height, values: values)
  }

  /// The solution of a positive definite system, by elimination.
  private static func solution(of matrix: [[Double]], _ targets: [Double]) -> [Double] {
    var rows = zip(matrix, targets).map { $0 + [$1] }
    let order = rows.count
    for pivot in 0..<order {
      for row in pivot + 1..<order {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot...order { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    var solution = [Double](repeating: 0, count: order)
    for row in (0..<order).reversed() {
      let known = (row + 1..<order).reduce(rows[row][order]) { $0 - rows[row][$1] * solution[$1] }
      solution[row] = known / rows[row][row]
    }
    return solution
  }
}
