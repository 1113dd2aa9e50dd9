import Diffusion
import Foundation
package import Tensors

/// How a picture is brought to the size that Inception-v3 takes. Distances taken by different rules differ in their first
/// decimals, and cannot be compared (Parmar et al. 2022).
package enum InceptionResizing: String, Sendable, Hashable, CaseIterable {
  /// pytorch-fid's: bilinear between the centres of pixels, which skips pixels of larger pictures.
  case pytorchFID = "pytorch-fid"
  /// clean-fid's: Pillow's bicubic, widened when it shrinks, without rounding to 8 bits.
  case cleanFID = "clean-fid"
  /// TensorFlow 1's, in which the first FIDs were taken: bilinear between the corners of pixels.
  case legacyTensorFlow = "legacy-tensorflow"

  /// The network's input, `[1, 3, size, size]`.
  package func callAsFunction(_ picture: EvaluatedPicture, size: Int) -> Tensor {
    let rows = windows(from: picture.height, to: size)
    let columns = windows(from: picture.width, to: size)
    var values: [Float] = []
    values.reserveCapacity(3 * size * size)
    for channel in 0..<3 {
      let plane = Self.resampled(picture, channel: channel, columns: columns, rows: rows)
      values += plane.map(scaled)
    }
    return Tensor(values, shape: [1, 3, size, size])
  }

  /// From levels 0…255 to about −1…1.
  private func scaled(_ level: Float) -> Float {
    switch self {
    case .pytorchFID: 2 * (level / 255) - 1
    case .cleanFID: (min(max(level, 0), 255) - 128) / 128
    case .legacyTensorFlow: (level - 128) / 128
    }
  }

  private typealias Window = PillowResampling.Window<Double>

  private func windows(from length: Int, to newLength: Int) -> [Window] {
    switch self {
    case .pytorchFID: Self.linear(from: length, to: newLength, offset: 0.5)
    case .cleanFID: PillowResampling.bicubic.windows(from: length, to: newLength)
    case .legacyTensorFlow: Self.linear(from: length, to: newLength, offset: 0)
    }
  }

  /// Two neighbours each, the edge repeated, places being computed in single precision as torch and TensorFlow do.
  ///
  /// - Parameter offset: where in a pixel its value is.
  private static func linear(from length: Int, to newLength: Int, offset: Float) -> [Window] {
    let scale = Float(length) / Float(newLength)
    return (0..<newLength).map { place in
      let source = max(0, (Float(place) + offset) * scale - offset)
      let start = min(Int(source), length - 1)
      let share = Double(source - Float(start))
      return start == length - 1
        ? Window(start: start, weights: [1]) : Window(start: start, weights: [1 - share, share])
    }
  }

  /// One channel under other dimensions: along rows, then along columns, in single precision between them.
  private static func resampled(
    _ picture: EvaluatedPicture, channel: Int, columns: [Window], rows: [Window]
  ) -> [Float] {
    let (width, newWidth) = (picture.width, columns.count)
    let narrow = [Float](unsafeUninitializedCapacity: picture.height * newWidth) { buffer, initialized in
      picture.pixels.withUnsafeBufferPointer { pixels in
        for row in 0..<picture.height {
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
      initialized = picture.height * newWidth
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
