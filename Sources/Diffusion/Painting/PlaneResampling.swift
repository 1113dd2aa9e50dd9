/// One channel of a picture under other dimensions, without rounding to levels: what networks that resize for themselves
/// are given.
package enum PlaneResampling {
  /// Where the weights of one place start, and the weights.
  package typealias Window = PillowResampling.Window<Double>

  /// Two neighbours each, however much it shrinks, the edge repeated; places are computed in single precision as torch and
  /// TensorFlow do.
  ///
  /// - Parameter offset: where in a pixel its value is: ½ is torch's `interpolate` without `align_corners`, 0 is
  ///   TensorFlow 1's.
  package static func linear(from length: Int, to newLength: Int, offset: Float = 0.5) -> [Window] {
    let scale = Float(length) / Float(newLength)
    return (0..<newLength).map { place in
      let source = max(0, (Float(place) + offset) * scale - offset)
      let start = min(Int(source), length - 1)
      let share = Double(source - Float(start))
      return start == length - 1
        ? Window(start: start, weights: [1]) : Window(start: start, weights: [1 - share, share])
    }
  }

  /// The mean of all places that a new one covers in part, as torch's adaptive average pools have it.
  static func average(from length: Int, to newLength: Int) -> [Window] {
    (0..<newLength).map { place in
      let (start, end) = (
        place * length / newLength, ((place + 1) * length + newLength - 1) / newLength
      )
      return Window(start: start, weights: Array(repeating: 1 / Double(end - start), count: end - start))
    }
  }

  /// One channel of interleaved 8-bit RGB: along rows, then along columns, in single precision between them.
  ///
  /// - Parameters:
  ///   - width: columns of the picture.
  ///   - columns: what of a row each new column is.
  ///   - rows: what of a column each new row is.
  package static func resampled(
    _ pixels: [UInt8], width: Int, channel: Int, columns: [Window], rows: [Window]
  ) -> [Float] {
    let (height, newWidth) = (pixels.count / 3 / width, columns.count)
    let narrow = [Float](unsafeUninitializedCapacity: height * newWidth) { buffer, initialized in
      pixels.withUnsafeBufferPointer { pixels in
        for row in 0..<height {
          for (column, window) in columns.enumerated() {
            var (sum, place) = (0.0, 3 * (row * width + window.start) + channel)
            for weight in window.weights {
              sum += Double(pixels[place]) * weight
              place += 3
            }
            buffer[row * newWidth + column] = Float(sum)
          }
        }
      }
      initialized = height * newWidth
    }
    return [Float](unsafeUninitializedCapacity: rows.count * newWidth) { buffer, initialized in
      narrow.withUnsafeBufferPointer { narrow in
        for (row, window) in rows.enumerated() {
          for column in 0..<newWidth {
            var (sum, place) = (0.0, window.start * newWidth + column)
            for weight in window.weights {
              sum += Double(narrow[place]) * weight
              place += newWidth
            }
            buffer[row * newWidth + column] = Float(sum)
          }
        }
      }
      initialized = rows.count * newWidth
    }
  }
}
