/// Where a scene may be changed, as the denoiser takes it: 1 = keep, the opposite of a document's masks.
///
/// Source: Yang et al. 2023, section 3.1, where it is written m̄.
public struct KeepMask: Sendable {
  /// Columns of the picture.
  public let width: Int
  /// Rows of the picture.
  public let height: Int
  /// Row after row, 0…1.
  public let values: [Float]

  /// From a mask's 8-bit values, 255 where the picture may be changed.
  ///
  /// - Parameter threshold: what keeps at least this much is kept, all else changes; nil leaves soft edges.
  public init(holes: UnsafeBufferPointer<UInt8>, width: Int, height: Int, threshold: Float?) {
    precondition(holes.count == width * height, "\(holes.count) values are no \(width)×\(height) mask")
    (self.width, self.height) = (width, height)
    values = holes.map { hole in
      let keep = 1 - Float(hole) / 255
      guard let threshold else { return keep }
      return keep < threshold ? 0 : 1
    }
  }

  private init(width: Int, height: Int, values: [Float]) {
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// The mask with everything kept right of it and below it, until both sides are multiples of `unit`.
  public func padded(toMultipleOf unit: Int) -> KeepMask {
    let (newWidth, newHeight) = (width.rounded(upTo: unit), height.rounded(upTo: unit))
    guard (newWidth, newHeight) != (width, height) else { return self }
    let padded = (0..<newHeight * newWidth).map { index in
      let (x, y) = (index % newWidth, index / newWidth)
      return x < width && y < height ? values[y * width + x] : 1
    }
    return KeepMask(width: newWidth, height: newHeight, values: padded)
  }

  /// The mask at the latents' size, a `scale`-th of the picture's.
  public func resampled(scale: Int, by rule: MaskResampling) -> [Float] {
    let (columns, rows) = (width / scale, height / scale)
    return (0..<rows).flatMap { row in
      (0..<columns).map { column in cell(column * scale, row * scale, scale, rule) }
    }
  }

  /// What a cell of `scale`×`scale` pixels keeps.
  private func cell(_ x: Int, _ y: Int, _ scale: Int, _ rule: MaskResampling) -> Float {
    switch rule {
    case .nearest: return self[x, y]
    case .middle: return self[x + scale / 2, y + scale / 2]
    case .bilinear:
      // Centres of the latents' cells fall on the corner between four pixels (an even scale) or on one (an odd).
      let (low, high) = ((scale - 1) / 2, scale / 2)
      let top = (self[x + low, y + low] + self[x + high, y + low]) / 2
      let bottom = (self[x + low, y + high] + self[x + high, y + high]) / 2
      return (top + bottom) / 2
    case .maximum:
      return (y..<y + scale).map { row in (x..<x + scale).map { self[$0, row] }.min()! }.min()!
    }
  }

  private subscript(x: Int, y: Int) -> Float { values[y * width + x] }
}

/// How a mask is brought to the latents' size.
public enum MaskResampling: String, Sendable, Hashable, CaseIterable {
  /// The nearest pixel, up and left: diffusers'.
  case nearest
  /// The pixel in the middle, right and below of where four meet: Pillow's nearest, and so that of Blended Latent Diffusion.
  case middle
  /// The mean of the pixels in the middle of a cell, which leaves fractions along edges: that of Paint by Example's authors.
  case bilinear
  /// A cell may be changed as far as any of its pixels may.
  case maximum
}
