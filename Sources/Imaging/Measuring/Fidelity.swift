import Foundation

/// How faithfully a picture keeps another one: peak signal-to-noise ratio and structural similarity.
///
/// Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity",
/// 2004, with their windows: Gaussians of 11×11 pixels and deviation 1.5; K₁ is .01, K₂ .03. Values are encoded sRGB as
/// fractions of full scale; what is transparent shows mid-grey.
package struct Fidelity {
  private let before: Image
  private let after: Image
  private let monitor: EvaluationMonitor?

  /// Pixels from the middle of a window to its edge.
  package static let reach = 5

  /// A comparison of two pictures of one size, of any depths.
  package init(of after: Image, to before: Image, monitor: EvaluationMonitor? = nil) throws {
    (self.before, self.after) = (try before.fractions(), try after.fractions())
    self.monitor = monitor
  }

  /// The peak signal-to-noise ratio in decibels: infinite where nothing differs, nil where nothing counts.
  /// - Parameter mask: 255 where pixels count, else 0.
  package func peakSignalToNoise(within mask: Image) throws -> Double? {
    let step = try after.subtracting(before)
    return try mean(of: step.multiplied(by: step), within: mask).map { -10 * log10($0) }
  }

  /// The mean structural similarity, at most 1, of the windows that lie in the picture; nil where none does.
  /// - Parameter mask: 255 where pixels count, else 0: windows that touch any other are left out.
  package func structuralSimilarity(within mask: Image) throws -> Double? {
    let touched = try mask.inverted().cast(to: .double).boxBlurred(size: 2 * Self.reach + 1)
    let (width, height) = (mask.width - 2 * Self.reach, mask.height - 2 * Self.reach)
    guard width > 0, height > 0 else { return nil }
    func inner(_ image: Image) throws -> Image {
      try image.cropped(x: Self.reach, y: Self.reach, width: width, height: height)
    }
    return try mean(
      of: inner(Self.similarities(before, after)), within: inner(touched.compared(.less, to: 1)))
  }

  /// The mean structural similarity around every pixel once both pictures are black outside a mask, where they then
  /// agree perfectly. Beyond their edges pictures are reflected, as torchmetrics does it.
  /// - Parameter mask: 255 where pixels stay, else 0.
  package func structuralSimilarity(blackOutside mask: Image) throws -> Double {
    let stays = try mask.cast(to: .double).linear(1 / 255, 0)
    return try Self.similarities(before.multiplied(by: stays), after.multiplied(by: stays))
      .statistics(monitor: monitor).overall.mean
  }

  /// The structural similarity of the window around each pixel.
  private static func similarities(_ first: Image, _ second: Image) throws -> Image {
    func seen(_ image: Image) throws -> Image { try image.windowed(sigma: 1.5, reach: reach) }
    let (mean1, mean2) = (try seen(first), try seen(second))
    let (square1, square2) = (try mean1.multiplied(by: mean1), try mean2.multiplied(by: mean2))
    let product = try mean1.multiplied(by: mean2)
    let variances = try seen(first.multiplied(by: first)).subtracting(square1)
      .adding(seen(second.multiplied(by: second)).subtracting(square2))
    let covariance = try seen(first.multiplied(by: second)).subtracting(product)
    let (luminance, contrast) = (0.01 * 0.01, 0.03 * 0.03)
    let above = try product.linear(2, luminance).multiplied(by: covariance.linear(2, contrast))
    let below = try square1.adding(square2).linear(1, luminance).multiplied(by: variances.linear(1, contrast))
    return try above.divided(by: below)
  }

  private func mean(of values: Image, within mask: Image) throws -> Double? {
    let counts = try mask.cast(to: .double).tagged(as: .multiband).linear(1 / 255, 0)
    let count = try counts.statistics(monitor: monitor).overall.sum.rounded() * Double(values.bands)
    guard count > 0 else { return nil }
    return try values.tagged(as: .multiband).multiplied(by: counts).statistics(monitor: monitor).overall.sum
      / count
  }
}

extension Image {
  /// Red, green and blue in double precision, 0…1; what is transparent shows mid-grey.
  fileprivate func fractions() throws -> Image {
    let colours = try opaqueColours()
    return try colours.cast(to: .double).linear(1 / colours.format.fullScale, 0).tagged(as: .multiband)
  }

  /// Red, green and blue as they are encoded in sRGB, in 8 or 16 bits; what is transparent shows mid-grey.
  package func opaqueColours() throws -> Image {
    let opaque = try flattened(over: [format.fullScale / 2])
    switch opaque.interpretation {
    case .sRGB where opaque.format == .uint8, .rgb16 where opaque.format == .uint16: return opaque
    case .grey, .sRGB: return try opaque.converted(to: opaque.format == .uint8 ? .sRGB : .rgb16)
    case .grey16, .rgb16: return try opaque.converted(to: .rgb16)
    default: return try opaque.converted(to: .sRGB)
    }
  }
}
