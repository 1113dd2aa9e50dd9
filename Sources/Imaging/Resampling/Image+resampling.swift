import CVips
import Foundation

extension Image {
  /// The picture scaled to exactly this size in pixels: edges stay edges, and a result's pixel `x` samples the picture
  /// at `(x + ½) / s − ½`, where `s` is the new width divided by the old. Outside, the picture is mirrored.
  /// Transparent pixels do not bleed colour.
  ///
  /// Sums are in double precision and rounded once.
  /// - Throws: `ImagingError.invalid` for an impossible size, or complex numbers.
  public func resized(width: Int, height: Int, kernel: Kernel = .lanczos3) throws -> Image {
    guard width > 0, height > 0 else { throw ImagingError.invalid("a picture cannot be \(width)×\(height)") }
    let rows =
      width == self.width ? nil : LineFilter(resizing: self.width, to: width, kernel: kernel)
    let columns =
      height == self.height ? nil : LineFilter(resizing: self.height, to: height, kernel: kernel)
    guard rows != nil || columns != nil else { return self }
    // Nearest mixes no pixels, so there is nothing to premultiply for.
    return kernel == .nearest
      ? try filtered(rows: rows, columns: columns)
      : try resampled { try $0.filtered(rows: rows, columns: columns) }
  }

  /// The picture sampled at exactly this size as torch's `interpolate` and OpenCV's `resize` do it: also where it
  /// shrinks, only the nearest pixels count. For what networks were trained on; people want ``resized(width:height:kernel:)``.
  ///
  /// - Throws: `ImagingError.invalid` for complex numbers.
  package func interpolated(width: Int, height: Int, _ interpolation: Interpolation) throws -> Image {
    try filtered(
      rows: LineFilter(interpolating: self.width, to: width, interpolation),
      columns: LineFilter(interpolating: self.height, to: height, interpolation))
  }

  /// The mean of each pixel's square neighbourhood of `size`×`size` pixels, `size` being odd; beyond the edge the
  /// picture is reflected about its edge pixels.
  public func boxBlurred(size: Int) throws -> Image {
    try mixed([Double](repeating: 1, count: size), edge: .reflected)
  }

  /// Blurred by a Gaussian of this standard deviation in pixels, cut at four of them; beyond the edge the picture is
  /// mirrored, edge pixels included.
  public func blurredMirroring(sigma: Double) throws -> Image {
    let reach = Int((4 * sigma).rounded())
    return try mixed((-reach...reach).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }, edge: .mirrored)
  }

  /// Each pixel's neighbourhood weighed by a Gaussian of this standard deviation, cut at `reach` pixels; beyond the edge
  /// the picture is reflected about its edge pixels.
  package func windowed(sigma: Double, reach: Int) throws -> Image {
    try mixed((-reach...reach).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }, edge: .reflected)
  }

  private func mixed(_ neighbours: [Double], edge: LineFilter.Edge) throws -> Image {
    let rows = LineFilter(length: width, neighbours: neighbours, edge: edge)
    let columns = LineFilter(length: height, neighbours: neighbours, edge: edge)
    return try resampled { try $0.filtered(rows: rows, columns: columns) }
  }

  /// The picture with its rows and then its columns filtered, in its own format.
  private func filtered(rows: LineFilter?, columns: LineFilter?) throws -> Image {
    guard format != .complex, format != .doubleComplex else {
      throw ImagingError.invalid("pictures of complex numbers are not resampled")
    }
    var image = self
    if let rows { image = try LinePass.image(image, rows, along: .rows) }
    if let columns { image = try LinePass.image(image, columns, along: .columns) }
    // Threads may ask for the result's parts out of order, but a file's rows can be read only once, from the top.
    if columns != nil, vips_image_is_sequential(image.pointer) != 0 {
      image = try Vips.image("sequential", ["in": .image(image), "tile_height": 16])
    }
    return try image.cast(to: format)
  }
}
