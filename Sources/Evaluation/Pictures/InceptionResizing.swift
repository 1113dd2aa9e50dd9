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
      values += PlaneResampling.resampled(
        picture.pixels, width: picture.width, channel: channel, columns: columns, rows: rows
      ).map(scaled)
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

  private func windows(from length: Int, to newLength: Int) -> [PlaneResampling.Window] {
    switch self {
    case .pytorchFID: PlaneResampling.linear(from: length, to: newLength)
    case .cleanFID: PillowResampling.bicubic.windows(from: length, to: newLength)
    case .legacyTensorFlow: PlaneResampling.linear(from: length, to: newLength, offset: 0)
    }
  }
}
