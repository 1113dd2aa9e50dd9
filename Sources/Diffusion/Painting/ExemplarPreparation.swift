public import Tensors

/// Whose convention is followed where published programs differ.
public enum Convention: String, Sendable, Hashable, CaseIterable {
  /// diffusers' PaintByExamplePipeline.
  case diffusers
  /// The published inference script of Paint by Example's authors.
  case authors
  /// ObjectStitch's published inference script.
  case objectStitch = "objectstitch"
}

extension ImagePreprocessing {
  /// The exemplar encoder's input, `[1, 3, size, size]`, from interleaved 8-bit RGB.
  ///
  /// `diffusers` does what the model's configuration says: as a rule it brings the short edge to the size and takes the
  /// middle. `authors` squashes the picture to the size, and so does `objectStitch`, bilinearly.
  ///
  /// - Parameter size: what the encoder takes, in pixels.
  /// - Throws: `InvalidInput` when the preparation makes another size than the encoder takes.
  public func exemplar(
    _ pixels: [UInt8], width: Int, height: Int, size: Int, convention: Convention
  ) throws(InvalidInput) -> Tensor {
    precondition(pixels.count == 3 * width * height, "\(pixels.count) bytes are no RGB picture")
    var (pixels, width, height) = (pixels, width, height)
    switch convention {
    case .authors, .objectStitch:
      let resampling = convention == .authors ? PillowResampling.bicubic : .bilinear
      pixels = resampling.resize(pixels, width: width, height: height, to: size, size)
      (width, height) = (size, size)
    case .diffusers:
      if let shortEdge {
        let (newWidth, newHeight) =
          keepsProportions ? resized(width, height, shortEdge: shortEdge) : (shortEdge, shortEdge)
        pixels = PillowResampling.bicubic.resize(
          pixels, width: width, height: height, to: newWidth, newHeight)
        (width, height) = (newWidth, newHeight)
      }
      if let cropSize {
        pixels = try centre(pixels, width: width, height: height, side: cropSize)
        (width, height) = (cropSize, cropSize)
      }
    }
    guard width == size, height == size else {
      throw InvalidInput(
        "the model's preprocessor_config.json makes \(width)×\(height) of an exemplar; its encoder takes "
          + "\(size)×\(size)")
    }
    return Tensor(normalised(pixels), shape: [1, 3, size, size])
  }

  /// The long edge is cut down to a whole pixel.
  private func resized(_ width: Int, _ height: Int, shortEdge: Int) -> (Int, Int) {
    let long = Int(Double(shortEdge) * Double(max(width, height)) / Double(min(width, height)))
    return width <= height ? (shortEdge, long) : (long, shortEdge)
  }

  private func centre(
    _ pixels: [UInt8], width: Int, height: Int, side: Int
  ) throws(InvalidInput) -> [UInt8] {
    guard side <= width, side <= height else {
      throw InvalidInput("a picture of \(width)×\(height) has no middle of \(side)×\(side)")
    }
    let (left, top) = ((width - side) / 2, (height - side) / 2)
    var middle: [UInt8] = []
    middle.reserveCapacity(3 * side * side)
    for row in top..<top + side {
      let start = 3 * (row * width + left)
      middle += pixels[start..<start + 3 * side]
    }
    return middle
  }

  private func normalised(_ pixels: [UInt8]) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(pixels.count)
    for channel in 0..<3 {
      let mean = Float(mean[channel])
      let deviation = Float(standardDeviation[channel])
      let table = (0...255).map { value in (Float(Double(value) * rescaleFactor) - mean) / deviation }
      for place in stride(from: channel, to: pixels.count, by: 3) { result.append(table[Int(pixels[place])]) }
    }
    return result
  }
}
