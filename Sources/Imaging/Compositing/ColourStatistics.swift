/// Mean and deviation of L*, a* and b* over a part of a picture.
package struct ColourStatistics: Sendable, Hashable {
  /// Of L*, a*, b*.
  package let mean: [Double]
  /// Of L*, a*, b*.
  package let deviation: [Double]

  /// Measured in a picture, weighted by its opacity and a mask of one band of 8 bits; nil when nothing counts.
  package init?(of image: Image, within mask: Image, monitor: EvaluationMonitor? = nil) throws {
    let counted = try mask.covered(by: image)
    guard let box = try counted.boundsOfNonzero(monitor: monitor) else { return nil }
    let part = try image.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
    let weight = try counted.cropped(x: box.x, y: box.y, width: box.width, height: box.height).linear(
      1 / 255, 0)
    let lab = try part.withoutAlpha().converted(to: .lab).tagged(as: .multiband)
    let total = try weight.statistics(monitor: monitor).overall.sum
    let mean = try lab.multiplied(by: weight).statistics(monitor: monitor).bands.map { $0.sum / total }
    let centred = try lab.linear([1, 1, 1], mean.map { -$0 })
    let squares = try centred.multiplied(by: centred).multiplied(by: weight).statistics(monitor: monitor)
    self.mean = mean
    deviation = squares.bands.map { max(0, $0.sum / total).squareRoot() }
  }
}

extension Image {
  /// The picture with its colours moved so that what has the statistics `source` gets those of `target`.
  ///
  /// Source: E. Reinhard et al., "Color Transfer between Images", 2001, in CIE Lab.
  /// - Parameters:
  ///   - strength: from 0, which changes nothing, to 1.
  ///   - maximumGain: the most that contrast is raised, or, inverted, lowered.
  /// - Returns: in this picture's format, with its opacity.
  package func recoloured(
    from source: ColourStatistics, to target: ColourStatistics, strength: Double, maximumGain: Double
  ) throws -> Image {
    let gains = zip(source.deviation, target.deviation).map { old, new in
      old > 1e-6 ? min(max(new / old, 1 / maximumGain), maximumGain) : 1
    }
    let scale = gains.map { 1 + strength * ($0 - 1) }
    let offset = (0..<3).map { band in
      (1 - scale[band]) * source.mean[band] + strength * (target.mean[band] - source.mean[band])
    }
    let lab = try withoutAlpha().converted(to: .lab)
    let moved = try lab.linear(scale, offset).cast(to: .float).tagged(as: .lab)
    let space: Interpretation =
      format == .uint16 ? (colourBands == 1 ? .grey16 : .rgb16) : (colourBands == 1 ? .grey : .sRGB)
    let colours = try moved.converted(to: space).rescaled(to: format).tagged(
      as: withoutAlpha().interpretation)
    return try hasAlpha ? Image.joiningBands([colours, alpha()!]) : colours
  }
}
