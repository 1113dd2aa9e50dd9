extension Image {
  /// A mask made smaller so that nothing marked is lost: each pixel takes the largest value among those it shows some
  /// of. One band of 8 bits.
  /// - Parameters:
  ///   - width: at most this picture's.
  ///   - height: at most this picture's.
  /// - Throws: `ImagingError.invalid` for other pictures and sizes; `CancellationError`.
  public func shrunkToLargest(
    width: Int, height: Int, monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    guard bands == 1, (1...self.width).contains(width), (1...self.height).contains(height) else {
      throw ImagingError.invalid("\(self) does not shrink to a mask of \(width)×\(height)")
    }
    guard (width, height) != (self.width, self.height) else { return self }
    let values = try withPixels(as: UInt8.self, monitor: monitor) { pixels in
      let columns = Self.shown(of: self.width, by: width)
      return try Self.shown(of: self.height, by: height).flatMap { rows in
        try Task.checkCancellation()
        var line = [UInt8](repeating: 0, count: self.width)
        for y in rows {
          for x in line.indices { line[x] = max(line[x], pixels[y * self.width + x]) }
        }
        return columns.map { line[$0].max() ?? 0 }
      }
    }
    return try Image(
      pixels: values, width: width, height: height, bands: 1, interpretation: interpretation)
  }

  /// For each pixel of a shorter line the places of the longer that lie in it, at least in part.
  private static func shown(of length: Int, by count: Int) -> [Range<Int>] {
    (0..<count).map { place in
      place * length / count..<((place + 1) * length + count - 1) / count
    }
  }
}
