package import Imaging
package import Foundations

/// The paper's strong augmentation of the reference, A (Paint by Example, section 3.3), in the order of its code:
/// resize to a square, flip, rotate, blur, elastic transform. Pixels beyond the edge are mirrored.
///
/// Defaults are those of the library that the code uses.
package struct ReferenceAugmentation: Sendable, Hashable {
  /// Width and height the reference is resized to; nil keeps its size.
  package var size: Int? = 224
  /// Probability of a horizontal flip.
  package var flip = 0.5
  /// Probability of a turn.
  package var rotate = 0.5
  /// The largest turn in degrees, either way.
  package var degrees = 20.0
  /// Probability of a blur.
  package var blur = 0.3
  /// The largest blur: side of the averaged square in pixels; odd sizes from 3 are drawn.
  package var blurLimit = 7
  /// Probability of an elastic warp.
  package var elastic = 0.3
  /// How far the warp moves its three anchor points, in pixels.
  package var elasticAnchors = 50.0
  /// Strength of the smooth random field, in pixels before smoothing.
  package var elasticStrength = 1.0
  /// Smoothness of the field: deviation of its Gaussian in pixels.
  package var elasticSmoothness = 50.0

  /// The paper's augmentation.
  package init() {}

  /// The paper's size and nothing else: what its ablation without augmentation trains on.
  package static var none: ReferenceAugmentation {
    var still = ReferenceAugmentation()
    (still.flip, still.rotate, still.blur, still.elastic) = (0, 0, 0, 0)
    return still
  }

  /// What chance decides. Each decision has a stream of its own, so that changing one probability leaves the rest.
  /// - Parameter seed: fixes the random numbers.
  package func choice(seed: Int) -> Choice {
    var (flips, turns) = (
      SeededGenerator(seed: seed, stream: "flip"), SeededGenerator(seed: seed, stream: "rotate")
    )
    var (blurs, warps) = (
      SeededGenerator(seed: seed, stream: "blur"), SeededGenerator(seed: seed, stream: "elastic")
    )
    var choice = Choice(flips: flips.uniform() < flip, seed: seed)
    if turns.uniform() < rotate { choice.degrees = turns.uniform(-degrees...degrees) }
    if blurs.uniform() < blur { choice.blurSize = 3 + 2 * Int(blurs.uniform() * Double((blurLimit - 1) / 2)) }
    if warps.uniform() < elastic {
      var anchors = SeededGenerator(seed: seed, stream: "anchors")
      let reach = -elasticAnchors...elasticAnchors
      choice.anchors = (0..<3).map { _ in Point(x: anchors.uniform(reach), y: anchors.uniform(reach)) }
    }
    return choice
  }

  /// A reference's changes, yet to be made.
  package struct Choice: Sendable, Hashable {
    /// Whether it is mirrored left to right.
    package var flips: Bool
    /// The turn in degrees, clockwise; nil without one.
    package var degrees: Double?
    /// Side of the averaged square in pixels; nil without a blur.
    package var blurSize: Int?
    /// By how many pixels the elastic warp moves its three anchor points; nil without a warp.
    package var anchors: [Point]?
    /// Fixes the warp's random field.
    package var seed: Int

    /// What was drawn: `flip`, `degrees`, `blur`, `elastic` and `anchors`, null for what is left out.
    package var json: JSONValue {
      [
        "flip": .bool(flips), "degrees": degrees.map { .number($0) } ?? .null,
        "blur": blurSize.map { JSONValue($0) } ?? .null, "elastic": .bool(anchors != nil),
        "anchors": anchors.map { .array($0.map { [.number($0.x), .number($0.y)] }) } ?? .null,
      ]
    }
  }
}

extension ReferenceAugmentation {
  /// The reference, changed: lazy but for the warps' fields.
  /// - Throws: `ImagingError`.
  package func applied(_ choice: Choice, to reference: Image) throws -> Image {
    var image = reference
    if let size { image = try image.resized(width: size, height: size, kernel: .linear) }
    if choice.flips { image = try image.flipped(.horizontal) }
    if let degrees = choice.degrees {
      image = try image.warped(by: Warp(width: image.width, height: image.height).rotated(degrees: degrees))
    }
    if let size = choice.blurSize { image = try image.boxBlurred(size: size) }
    if let anchors = choice.anchors {
      let size = PixelSize(image.width, image.height)
      image = try image.warped(by: elasticWarp(anchors, field: field(size, seed: choice.seed), size))
    }
    return image
  }

  private func elasticWarp(_ shifts: [Point], field: [Float], _ size: PixelSize) -> Warp {
    let reach = Double(min(size.width, size.height) / 3)
    let (x, y) = (Double(size.width / 2), Double(size.height / 2))
    let places = [
      Point(x: x + reach, y: y + reach), Point(x: x + reach, y: y - reach), Point(x: x - reach, y: y - reach),
    ]
    let moved = zip(places, shifts).map { Point(x: $0.x + $1.x, y: $0.y + $1.y) }
    let still = Warp(width: size.width, height: size.height)
    // Anchors that fall on one line would flatten the picture; then only the field is applied.
    return (still.affine(from: places, to: moved) ?? still).shifted(by: field)
  }

  private func field(_ size: PixelSize, seed: Int) throws -> [Float] {
    var random = SeededGenerator(seed: seed, stream: "field")
    let noise = (0..<size.width * size.height * 2).map { _ in Float(random.uniform(-1...1)) }
    let smooth = try Image(
      pixels: noise, width: size.width, height: size.height, bands: 2, interpretation: .multiband
    ).blurredMirroring(sigma: elasticSmoothness).linear(elasticStrength, 0)
    return try smooth.cast(to: .float).pixels(as: Float.self)
  }
}
