extension Image {
  /// The picture with each pixel's colour moved by an affine map of its own, `clamp(M · (r, g, b) + t)`, 1 being full
  /// scale. Opacity stays. Lazy, so that large pictures stream.
  ///
  /// - Parameter maps: twelve bands, the rows of M and then t; of any size, enlarged bicubically.
  package func recoloured(by maps: Image) throws -> Image {
    let colours = try inThreeBands()
    let full = format.fullScale
    let shares = try colours.cast(to: .float).linear(1 / full, 0)
    let ones = try Image.filled(width: width, height: height, colour: [1, 1, 1]).cast(to: .float)
    let products = try maps.interpolated(width: width, height: height, .bicubic)
      .multiplied(by: .joiningBands([shares, shares, shares, ones]))
    let moved = try products.recombined(Self.sumsOfMaps).clamped(to: 0...1).linear(full, 0).cast(to: format)
    let result = try moved.tagged(as: colours.interpretation).conformed(to: withoutAlpha())
    return try hasAlpha ? Image.joiningBands([result, alpha()!]).tagged(as: interpretation) : result
  }

  /// Each colour is the sum of three products and what is added.
  private static let sumsOfMaps: [[Double]] = (0..<3).map { colour in
    (0..<12).map { $0 / 3 == colour || $0 == 9 + colour ? 1 : 0 }
  }

  /// Red, green and blue alone, in the picture's own depth.
  package func inThreeBands() throws -> Image {
    let plain = try withoutAlpha()
    guard plain.bands == 1 else { return plain }
    return try plain.converted(to: format == .uint8 ? .sRGB : .rgb16).rescaled(to: format)
  }

  /// New bands, each the sum of the old ones times a row of the matrix.
  private func recombined(_ matrix: [[Double]]) throws -> Image {
    let rows = try Image(
      pixels: matrix.flatMap { $0 }, width: bands, height: matrix.count, bands: 1)
    return try Vips.image("recomb", ["in": .image(self), "m": .image(rows)])
  }
}
