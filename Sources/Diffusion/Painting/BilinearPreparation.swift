package import Tensors

extension ImagePreprocessing {
  /// A picture as a network's input by torchvision's `Resize` of a tensor: squashed bilinearly, without widening when it
  /// shrinks, and not rounded to levels.
  ///
  /// The authors of Paint by Example bring the painted region of a result to CLIP's size so, and the exemplar by Pillow.
  ///
  /// - Parameter size: what the network takes, in pixels.
  /// - Returns: `[1, 3, size, size]`, normalised.
  package func bilinear(_ pixels: [UInt8], width: Int, height: Int, size: Int) -> Tensor {
    let columns = PlaneResampling.linear(from: width, to: size)
    let rows = PlaneResampling.linear(from: height, to: size)
    let values = (0..<3).flatMap { channel -> [Float] in
      let (mean, deviation) = (Float(mean[channel]), Float(standardDeviation[channel]))
      return PlaneResampling.resampled(pixels, width: width, channel: channel, columns: columns, rows: rows)
        .map { ($0 * Float(rescaleFactor) - mean) / deviation }
    }
    return Tensor(values, shape: [1, 3, size, size])
  }
}
